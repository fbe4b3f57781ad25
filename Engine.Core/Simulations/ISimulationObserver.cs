using Engine.Core.Dynamics;
using Engine.Core.Input;
using Engine.Core.Particles;

namespace Engine.Core.Simulations;

/// <summary>
/// Whoever watches a run. Called on the simulation's thread between two steps; frames and states handed over are copies that the observer may keep.
/// What observers ask for never changes the trajectory. Every method has an empty default.
/// </summary>
public interface ISimulationObserver
{
    void StageStarted(int index, StageInput stage, long step)
    {
    }

    /// <summary>Whether <see cref="FrameTaken"/> is wanted at this step of the present stage, and what the frame must hold at least.</summary>
    FrameContents WantedFrame(long step) => FrameContents.None;

    /// <summary>How pairs are counted for frames that want <see cref="FrameContents.PairCounts"/>; the same throughout a stage.</summary>
    PairRange CountedPairs => default;

    /// <summary>A frame; its energy is null unless the step has a row of the thermodynamic table.</summary>
    void FrameTaken(Configuration frame)
    {
    }

    /// <summary>A row of the thermodynamic table.</summary>
    void Sampled(in ThermoSample sample)
    {
    }

    /// <summary>After every step.</summary>
    void Stepped(long step, double temperatureTarget)
    {
    }

    /// <summary>After every step of a minimisation.</summary>
    void Minimised(FireProgress progress)
    {
    }

    void StageFinished(int index, StageInput stage, in ThermoSample sample)
    {
    }

    /// <summary>The state to resume from; what was observed up to its step must be on disk before the state is.</summary>
    /// <param name="state">That of the last step done.</param>
    /// <param name="isLast">Whether the run stops here, so that no other will take its place.</param>
    void CheckpointTaken(SimulationState state, bool isLast)
    {
    }
}
