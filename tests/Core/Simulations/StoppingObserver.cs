using Engine.Core.Particles;
using Engine.Core.Simulations;
using Xunit;

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

    /// <summary>The last frame of a run that is stopped at a step, and gone on with by another simulation.</summary>
    /// <param name="begin">Makes a simulation of the run.</param>
    /// <param name="step">Where it is stopped: a step with a checkpoint.</param>
    public static Configuration StopAndResume(Func<Simulation> begin, long step)
    {
        using var first = begin();
        var stopper = new StoppingObserver(step);
        Assert.False(first.Run(stopper, stopper.Cancellation));
        using var second = begin();
        second.Restore(stopper.State!);
        Assert.Equal(step, second.Step);
        Assert.True(second.Run(new StoppingObserver(long.MaxValue), CancellationToken.None));
        return second.Snapshot();
    }

    public void CheckpointTaken(SimulationState state, bool isLast) => States.Add(state);
}
