namespace Engine.Cli;

/// <summary>
/// What SIGINT and SIGTERM do: the first asks the work to end at its next step, one that comes a second later or more ends the process. Those in
/// between are ignored, because a terminal, a shell and timeout(1) may each deliver the same request.
/// </summary>
/// <param name="clock">Measures the second.</param>
/// <param name="stop">Asks the work to end.</param>
/// <param name="giveUp">Ends the process.</param>
internal sealed class StopRequest(TimeProvider clock, Action stop, Action giveUp)
{
    private static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private long? first;

    /// <summary>Call for each signal, on any thread.</summary>
    public void Receive()
    {
        bool again;
        lock (gate)
        {
            again = first is not null;
            if (first is { } start && clock.GetElapsedTime(start) < SameRequest)
            {
                return;
            }
            first ??= clock.GetTimestamp();
        }
        if (again)
        {
            giveUp();
        }
        else
        {
            stop();
        }
    }
}
