using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Something measured along a trajectory: it is shown frame after frame, by a running simulation or from a file, and says at any time what it found
/// so far. All frames hold the same particles in the same order. Same frames, same bits, for any team of threads.
/// </summary>
public interface ITrajectoryObservable
{
    /// <summary>Identifier of the result, "radialDistribution".</summary>
    string Name { get; }

    /// <summary>Takes a frame into account. Reads it during the call only.</summary>
    /// <exception cref="InputException">The frame does not fit the ones before it, or lacks what this observable needs.</exception>
    void Add(Configuration frame, Workers workers);

    /// <summary>Saves what the frames so far left, or puts it in place of what is here, so that the frames to come add to it bit for bit.</summary>
    /// <param name="state">Where to, or from.</param>
    /// <param name="particles">A configuration that shows the particles; its step, positions and cell do not matter.</param>
    /// <exception cref="InputException">What is stored is of another observable.</exception>
    void Exchange(StateStream state, Configuration particles);

    /// <summary>What was found in the frames so far.</summary>
    /// <exception cref="InputException">There were too few frames to say anything.</exception>
    AnalysisResult Result(Workers workers);
}
