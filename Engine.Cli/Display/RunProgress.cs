using System.Globalization;
using Spectre.Console;

namespace Engine.Cli.Display;

/// <summary>Shows a run while it goes: a bar on a terminal, else a line now and then.</summary>
internal sealed class RunProgress
{
    private readonly ProgressPace pace;
    private readonly RateMeter rate = new();
    private string stage = "";

    private RunProgress(ProgressPace pace)
    {
        this.pace = pace;
    }

    /// <summary>Does <paramref name="work"/> while showing its progress on standard error.</summary>
    public static T Show<T>(VerbContext context, Func<RunProgress, T> work)
    {
        if (context.Parts is { } parts)
        {
            return work(new RunProgress(new(context, parts.IsDrawn ? parts.Draw : null)));
        }
        return !context.IsTerminal
            ? work(new RunProgress(new(context, null)))
            : PartProgress.Bar(context.Error, (_, task) => work(new RunProgress(new(context, (share, text) =>
            {
                task.MaxValue = 1;
                task.Value = share;
                task.Description = Markup.Escape(text);
            }))));
    }

    /// <summary>Tells where the run is; cheap enough for every step.</summary>
    public void Report(in RunState state)
    {
        if (state.Stage == stage && !pace.IsDue)
        {
            return;
        }
        rate.Mark(pace.Seconds, state.Step);
        stage = state.Stage;
        pace.Show((double)state.Step / Math.Max(1, state.TotalSteps), Describe(state, rate.StepsPerSecond, rate.SecondsLeft(state.TotalSteps - state.Step)));
    }

    internal static string Describe(in RunState s, double stepsPerSecond, double? secondsLeft)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{s.Part} {s.StageNumber}/{s.StageCount}{(s.Stage.Length > 0 ? " " : "")}{s.Stage}, step {s.Step}/{s.TotalSteps}");
        text += Value(", loss ", s.Loss) + Value(", T ", s.Temperature) + Value(", P ", s.Pressure) + Value(", density ", s.Density);
        if (stepsPerSecond > 0)
        {
            text += $", {Rate(stepsPerSecond)} steps/s{(s.Atoms > 0 ? $", {Rate(stepsPerSecond * s.Atoms)} atom-steps/s" : "")}";
        }
        return secondsLeft is { } left ? $"{text}, {Duration(left)} left" : text;
    }

    /// <summary>Three digits and a prefix: 950, 1.24k, 12.4M.</summary>
    internal static string Rate(double perSecond)
    {
        var (value, prefix) = perSecond switch
        {
            >= 999.5e6 => (perSecond / 1e9, "G"),
            >= 999.5e3 => (perSecond / 1e6, "M"),
            >= 999.5 => (perSecond / 1e3, "k"),
            _ => (perSecond, ""),
        };
        return value.ToString(value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + prefix;
    }

    /// <summary>Time that something took.</summary>
    internal static string Elapsed(double seconds) => seconds < 59.95 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0}s") : Duration(Math.Round(seconds));

    /// <summary>Time that something will take at most.</summary>
    internal static string Duration(double seconds)
    {
        var s = (long)Math.Ceiling(Math.Min(seconds, 1e9));
        return s >= 86400 ? string.Create(CultureInfo.InvariantCulture, $"{s / 86400}d {s % 86400 / 3600}h")
            : s >= 3600 ? string.Create(CultureInfo.InvariantCulture, $"{s / 3600}h {s % 3600 / 60:00}m")
            : s >= 60 ? string.Create(CultureInfo.InvariantCulture, $"{s / 60}m {s % 60:00}s")
            : string.Create(CultureInfo.InvariantCulture, $"{s}s");
    }

    private static string Value(string label, double value) =>
        double.IsNaN(value) ? "" : label + value.ToString("G5", CultureInfo.InvariantCulture);
}
