using System.Collections.ObjectModel;
using Engine.Cli.Display;

namespace Engine.Cli.Runs;

/// <summary>A simulation or a training that has read and checked everything it needs but has not touched the run folder.</summary>
internal interface IPreparedRun : IDisposable
{
    /// <summary>Particles; 0 where there are none.</summary>
    int Atoms { get; }

    /// <summary>What there is of it, "6144 atoms".</summary>
    string Size => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Atoms} atoms");

    /// <summary>What was chosen where the input leaves the choice, by what it is for.</summary>
    IReadOnlyDictionary<string, string> Methods => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Native libraries that it computes with, beside those that files and algebra need.</summary>
    IEnumerable<string> Libraries => [];

    /// <summary>Steps of the whole run.</summary>
    long TotalSteps { get; }

    /// <summary>Whether nothing is left to do, after <see cref="Restore"/>.</summary>
    bool IsFinished { get; }

    /// <summary>Takes up the checkpoint of a folder that is resumed; comes before anything in the folder is changed.</summary>
    /// <exception cref="Engine.Kernels.Errors.InputException">The checkpoint is damaged or of another run.</exception>
    void Restore(RunFolder folder);

    /// <summary>What it will take, a line each; refuses what there is no memory for.</summary>
    /// <exception cref="Engine.Kernels.Errors.InputException">There is none.</exception>
    IEnumerable<string> Estimate() => [];

    /// <summary>The first step's worth of work that shows whether the input is sound; comes after <see cref="Restore"/>, and before the folder of a new run is made.</summary>
    /// <exception cref="Engine.Kernels.Errors.InputException">It is not.</exception>
    void Start()
    {
    }

    /// <summary>
    /// Runs to the end, or to the next step after <paramref name="cancellation"/>, with a checkpoint and closed files either way. Calls
    /// <paramref name="report"/> from the calling thread.
    /// </summary>
    /// <param name="folder">Where to write.</param>
    /// <param name="report">Cheap: call it at every step where the values are known anyway.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="Engine.Kernels.Errors.RunFailedException">NaN, divergence, collapse, full disk.</exception>
    RunOutcome Run(RunFolder folder, Action<RunState> report, CancellationToken cancellation);
}
