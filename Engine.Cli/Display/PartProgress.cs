using System.Text;
using Spectre.Console;

namespace Engine.Cli.Display;

/// <summary>Work in parts behind one bar, of which each part takes an equal share; lines that are written meanwhile appear above it.</summary>
internal sealed class PartProgress
{
    private readonly int count;
    private readonly ProgressTask? task;
    private int number;
    private string name = "";

    private PartProgress(int count, ProgressTask? task)
    {
        (this.count, this.task) = (count, task);
    }

    /// <summary>Whether there is a bar; elsewhere lines tell.</summary>
    public bool IsDrawn => task is not null;

    /// <summary>What a line on the part begins with: "part 2 of 4, learning: ".</summary>
    public string Label => $"part {number} of {count}, {name}: ";

    /// <summary>Does <paramref name="work"/> with a context in which all progress goes here.</summary>
    /// <param name="context">Where it writes.</param>
    /// <param name="count">Parts.</param>
    /// <param name="work">Begins each part.</param>
    public static T Show<T>(VerbContext context, int count, Func<PartProgress, VerbContext, T> work)
    {
        if (!context.IsTerminal)
        {
            var lines = new PartProgress(count, null);
            return work(lines, context with { Parts = lines });
        }
        return Bar(context.Error, (console, task) =>
        {
            var bar = new PartProgress(count, task);
            task.MaxValue = count;
            return work(bar, context with { Error = new Lines(console), IsTerminal = false, Parts = bar });
        });
    }

    /// <summary>Does <paramref name="work"/> while a bar is drawn.</summary>
    public static T Bar<T>(TextWriter error, Func<IAnsiConsole, ProgressTask, T> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(progress => work(console, progress.AddTask("starting")));
    }

    /// <summary>Goes on to the next part.</summary>
    public void Begin(string part)
    {
        number++;
        name = part;
        Draw(0, "");
    }

    /// <summary>Tells how far the part is.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="text">What it does.</param>
    public void Draw(double share, string text)
    {
        if (task is not null)
        {
            task.Value = number - 1 + share;
            task.Description = Markup.Escape(Label + text);
        }
    }

    /// <summary>Lines above the bar.</summary>
    private sealed class Lines(IAnsiConsole console) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => console.WriteLine(value ?? "");

        public override void Write(char value) => console.Write(value.ToString());
    }
}
