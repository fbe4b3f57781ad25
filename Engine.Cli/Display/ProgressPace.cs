using System.Diagnostics;

namespace Engine.Cli.Display;

/// <summary>Shows how far work is as often as one looks: ten times a second on a bar, else a line every ten seconds.</summary>
/// <param name="context">Where lines go.</param>
/// <param name="draw">Draws the share that is done and a text; null where lines tell.</param>
/// <param name="isTold">Whether the beginning is told, so that the first line has time.</param>
internal sealed class ProgressPace(VerbContext context, Action<double, string>? draw, bool isTold = false)
{
    private const double SecondsBetweenLines = 10;
    private const double SecondsBetweenFrames = 0.1;

    private readonly long start = Stopwatch.GetTimestamp();
    private double shown = isTold ? 0 : double.NegativeInfinity;

    /// <summary>Since the work began [s].</summary>
    public double Seconds => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Whether it is time to show something.</summary>
    public bool IsDue => Seconds - shown >= (draw is null ? SecondsBetweenLines : SecondsBetweenFrames);

    /// <summary>Shows how far the work is.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="text">The same in words.</param>
    public void Show(double share, string text)
    {
        shown = Seconds;
        if (draw is null)
        {
            context.Log($"{context.Parts?.Label}{text}");
            return;
        }
        draw(share, text);
    }
}
