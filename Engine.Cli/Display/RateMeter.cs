namespace Engine.Cli.Display;

/// <summary>Steps per second over the last seconds: follows a run that changes speed, smooths over list rebuilds and writes.</summary>
internal sealed class RateMeter(double windowSeconds = 10)
{
    private readonly Queue<(double Time, long Step)> marks = new();

    /// <summary>Steps per second; 0 before there are two marks.</summary>
    public double StepsPerSecond { get; private set; }

    /// <param name="time">Seconds since any fixed moment.</param>
    /// <param name="step">Steps done by then.</param>
    public void Mark(double time, long step)
    {
        marks.Enqueue((time, step));
        while (marks.Count > 2 && marks.Peek().Time < time - windowSeconds)
        {
            marks.Dequeue();
        }
        var (first, firstStep) = marks.Peek();
        StepsPerSecond = time > first ? (step - firstStep) / (time - first) : 0;
    }

    /// <summary>Seconds to go; null while the rate is unknown.</summary>
    public double? SecondsLeft(long steps) => StepsPerSecond > 0 ? steps / StepsPerSecond : null;
}
