using Engine.Core.Simulations;

namespace Engine.Tests.Core.Simulations;

/// <summary>Stops a run at a step, and keeps its states.</summary>
internal sealed class StoppingObserver(long step) : ISimulationObserver
{
    private readonly CancellationTokenSource source = new();

    public CancellationToken Cancellation => source.Token;

    public List<SimulationState> States { get; } = [];

    public SimulationState? State => States.LastOrDefault();

    public void Stepped(long now, double temperatureTarget)
    {
        if (now >= step)
        {
            source.Cancel();
        }
    }

    public void CheckpointTaken(SimulationState state, bool isLast) => States.Add(state);
}
