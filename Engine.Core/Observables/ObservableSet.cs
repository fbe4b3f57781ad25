using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>The observables of one analysis; frames are shown to all of them, what they need in common is computed once.</summary>
public sealed class ObservableSet
{
    /// <summary>How the note begins of an observable that was left out, see <see cref="LeavesOutWhatFails"/>.</summary>
    public const string LeftOut = "Not measured";

    private readonly List<ITrajectoryObservable> observables = [];
    private readonly Dictionary<ITrajectoryObservable, string> stopped = [];

    /// <param name="units">Units of the frames.</param>
    /// <param name="radialDistribution">Null: not measured; likewise the others.</param>
    /// <param name="angles">Bond angles.</param>
    /// <param name="structureFactor">Structure factors; share the g(r) of <paramref name="radialDistribution"/> where that is measured.</param>
    /// <param name="meanSquareDisplacement">Mean-square displacement and diffusion.</param>
    /// <param name="velocityAutocorrelation">Needs frames with velocities.</param>
    public ObservableSet(
        UnitSystem units,
        RadialDistributionSettings? radialDistribution = null,
        AngleDistributionSettings? angles = null,
        StructureFactorSettings? structureFactor = null,
        MeanSquareDisplacementSettings? meanSquareDisplacement = null,
        VelocityAutocorrelationSettings? velocityAutocorrelation = null)
    {
        observables.Add(new CellShape(units));
        RadialDistribution? radial = null;
        if (radialDistribution is not null)
        {
            var transformed = structureFactor is { Method: not StructureFactorMethod.Direct };
            radial = new(radialDistribution, units, transformed ? structureFactor!.Maximum : 0);
            observables.Add(radial);
        }
        if (angles is not null)
        {
            observables.Add(new AngleDistribution(angles, units));
        }
        if (structureFactor is not null)
        {
            observables.Add(new StructureFactor(structureFactor, units, radial));
        }
        if (meanSquareDisplacement is not null)
        {
            observables.Add(new MeanSquareDisplacement(meanSquareDisplacement, units));
        }
        if (velocityAutocorrelation is not null)
        {
            observables.Add(new VelocityAutocorrelation(velocityAutocorrelation, units));
        }
    }

    /// <summary>
    /// Whether an observable that cannot use a frame is shown no further ones and says so in its notes; otherwise the frame is an error.
    /// </summary>
    public bool LeavesOutWhatFails { get; init; }

    public IReadOnlyList<ITrajectoryObservable> Observables => observables;

    /// <summary>Adds one that this set does not know.</summary>
    public void Add(ITrajectoryObservable observable) => observables.Add(observable);

    /// <summary>Shows a frame to every observable.</summary>
    /// <exception cref="InputException">One cannot use it, and <see cref="LeavesOutWhatFails"/> is not set.</exception>
    public void Add(Configuration frame, Workers workers)
    {
        foreach (var observable in observables)
        {
            if (stopped.ContainsKey(observable))
            {
                continue;
            }
            try
            {
                observable.Add(frame, workers);
            }
            catch (InputException error) when (LeavesOutWhatFails)
            {
                var reason = $"{LeftOut} from step {frame.Step} on: {error.Message}";
                stopped[observable] = reason;
                if (observable is RadialDistribution)
                {
                    // The structure factor may transform this g(r).
                    foreach (var transform in observables.OfType<StructureFactor>())
                    {
                        stopped.TryAdd(transform, reason);
                    }
                }
            }
        }
    }

    /// <inheritdoc cref="ITrajectoryObservable.Exchange"/>
    public void Exchange(StateStream state, Configuration particles)
    {
        foreach (var observable in observables)
        {
            observable.Exchange(state, particles);
            if (state.Text(stopped.GetValueOrDefault(observable, "")) is { Length: > 0 } reason)
            {
                stopped[observable] = reason;
            }
        }
    }

    /// <summary>What was found, in the order of construction. One that saw too few frames says so in its notes and leaves the others alone.</summary>
    public IReadOnlyList<AnalysisResult> Results(Workers workers)
    {
        var results = new List<AnalysisResult>(observables.Count);
        foreach (var observable in observables)
        {
            string[] reason = stopped.TryGetValue(observable, out var message) ? [message] : [];
            try
            {
                var result = observable.Result(workers);
                results.Add(reason.Length > 0 ? result with { Notes = [.. reason, .. result.Notes] } : result);
            }
            catch (InputException missing)
            {
                results.Add(new(observable.Name, observable.Name, [], [], reason.Length > 0 ? reason : [missing.Message]));
            }
        }
        return results;
    }
}
