using Engine.Core.Analysis;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>The observables of one analysis; frames are shown to all of them, what they need in common is computed once.</summary>
public sealed class ObservableSet
{
    private readonly List<ITrajectoryObservable> observables = [];

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

    public IReadOnlyList<ITrajectoryObservable> Observables => observables;

    /// <summary>Adds one that this set does not know.</summary>
    public void Add(ITrajectoryObservable observable) => observables.Add(observable);

    /// <summary>Shows a frame to every observable.</summary>
    public void Add(Configuration frame, Workers workers)
    {
        foreach (var observable in observables)
        {
            observable.Add(frame, workers);
        }
    }

    /// <summary>What was found, in the order of construction. One that saw too few frames says so in its notes and leaves the others alone.</summary>
    public IReadOnlyList<AnalysisResult> Results(Workers workers)
    {
        var results = new List<AnalysisResult>(observables.Count);
        foreach (var observable in observables)
        {
            try
            {
                results.Add(observable.Result(workers));
            }
            catch (InputException missing)
            {
                results.Add(new(observable.Name, observable.Name, [], [], [missing.Message]));
            }
        }
        return results;
    }
}
