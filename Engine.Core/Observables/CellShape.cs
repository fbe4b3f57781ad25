using Engine.Core.Analysis;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>Density, volume and box lengths along a trajectory, with means and errors by blocking.</summary>
public sealed class CellShape(UnitSystem units) : ITrajectoryObservable
{
    /// <summary>1 amu/Å³ in g/cm³ (CODATA 2022).</summary>
    private const double GramsPerCubicCentimetre = 1.66053906892;

    private readonly List<double> time = [];
    private readonly List<double> density = [];
    private readonly List<double> volume = [];
    private readonly List<double> lengthA = [];
    private readonly List<double> lengthB = [];
    private readonly List<double> lengthC = [];
    private SpeciesCensus? census;

    public string Name => "cell";

    public void Add(Configuration frame, Workers workers)
    {
        census ??= new(frame, Name);
        census.Check(frame, Name);
        time.Add(frame.Time);
        volume.Add(frame.Box.Volume);
        lengthA.Add(frame.Box.A.Length);
        lengthB.Add(frame.Box.B.Length);
        lengthC.Add(frame.Box.C.Length);
        density.Add(Mass(census) / frame.Box.Volume);
    }

    public AnalysisResult Result(Workers workers)
    {
        if (census is null)
        {
            throw new InputException("cell saw no frame; expected at least one");
        }
        var (densityName, densityUnit) = (HasMasses(census), units.MassUnit) switch
        {
            (false, _) => ("number density", $"1/{units.LengthUnit}³"),
            (true, "amu") => ("density", "g/cm³"),
            (true, _) => ("density", $"{units.MassUnit}/{units.LengthUnit}³"),
        };
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

    private static bool HasMasses(SpeciesCensus census) => census.Masses.All(m => m > 0);

    private double Mass(SpeciesCensus of)
    {
        if (!HasMasses(of))
        {
            return of.Total;
        }
        var mass = 0.0;
        for (var k = 0; k < of.Kinds; k++)
        {
            mass += of.Counts[k] * of.Masses[k];
        }
        return units.MassUnit == "amu" && units.LengthUnit == "Angstrom" ? mass * GramsPerCubicCentimetre : mass;
    }
}
