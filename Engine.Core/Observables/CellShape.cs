using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Density, volume and box lengths along a trajectory, with means and errors by blocking. The density is that of mass in the unit of the system, but
/// that of particles in lj, and where masses are unknown.
/// </summary>
public sealed class CellShape(UnitSystem units) : ITrajectoryObservable
{
    /// <summary><see cref="AnalysisResult.Name"/> of what it finds.</summary>
    public const string ResultName = "cell";

    private readonly List<double> time = [];
    private readonly List<double> density = [];
    private readonly List<double> volume = [];
    private readonly List<double> lengthA = [];
    private readonly List<double> lengthB = [];
    private readonly List<double> lengthC = [];
    private SpeciesCensus? census;

    public string Name => ResultName;

    public void Add(Configuration frame, Workers workers)
    {
        census ??= new(frame, Name);
        census.Check(frame, Name);
        time.Add(frame.Time);
        volume.Add(frame.Box.Volume);
        lengthA.Add(frame.Box.A.Length);
        lengthB.Add(frame.Box.B.Length);
        lengthC.Add(frame.Box.C.Length);
        density.Add((CountsParticles(census) ? census.Total : units.DensityPerMassVolume * Mass(census)) / frame.Box.Volume);
    }

    public void Exchange(StateStream state, Configuration particles)
    {
        foreach (var column in new[] { time, density, volume, lengthA, lengthB, lengthC })
        {
            state.List(column, 0, state.Value);
        }
        if (state.Reads)
        {
            census = time.Count > 0 ? new(particles, Name) : null;
        }
    }

    public AnalysisResult Result(Workers workers)
    {
        if (census is null)
        {
            throw new InputException("cell saw no frame; expected at least one");
        }
        var (densityName, densityUnit) = CountsParticles(census)
            ? ("number density", $"1/{units.LengthUnit}³")
            : ("density", units.DensityUnit.Replace("^3", "³", StringComparison.Ordinal));
        TimeSeries[] series =
        [
            new(densityName, densityUnit, [.. density]),
            new("volume", $"{units.LengthUnit}³", [.. volume]),
            new("box length a", units.LengthUnit, [.. lengthA]),
            new("box length b", units.LengthUnit, [.. lengthB]),
            new("box length c", units.LengthUnit, [.. lengthC]),
        ];
        if (volume.TrueForAll(v => v == volume[0]))
        {
            return new(Name, "Density and cell", [], [.. series.Select(s => new AnalysisScalar(s.Name, s.Values[0], s.Unit))], ["The cell was constant."]);
        }
        var statistics = TimeSeriesStatistics.Analyse(Name, "Density and cell", series);
        double[] t = [.. time];
        return statistics with
        {
            Plots =
            [
                new("Density", "t", units.TimeUnit, densityName, densityUnit, [new("density", t, [.. density])]),
                new("Box lengths", "t", units.TimeUnit, "length", units.LengthUnit, [new("a", t, [.. lengthA]), new("b", t, [.. lengthB]), new("c", t, [.. lengthC])]),
            ],
        };
    }

    private bool CountsParticles(SpeciesCensus census) => units.IsReduced || census.Masses.Any(m => m <= 0);

    private static double Mass(SpeciesCensus of)
    {
        var mass = 0.0;
        for (var k = 0; k < of.Kinds; k++)
        {
            mass += of.Counts[k] * of.Masses[k];
        }
        return mass;
    }
}
