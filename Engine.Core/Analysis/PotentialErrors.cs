using Engine.Core.Forces;
using Engine.Core.Particles;

namespace Engine.Core.Analysis;

/// <summary>
/// What a potential says of frames beside what they say themselves, group by group: energies and virials for each atom, forces by component. MAE is the mean of the magnitudes of
/// the differences, RMSE the root of the mean of their squares.
/// </summary>
/// <param name="energyUnit">Unit of energies, "eV".</param>
/// <param name="lengthUnit">Unit of lengths.</param>
public sealed class PotentialErrors(string energyUnit, string lengthUnit)
{
    /// <summary>Points of a plot: the worst ones, and a share of the others.</summary>
    private const int MostPoints = 4000;

    private readonly SortedDictionary<string, Group> groups = new(StringComparer.Ordinal);

    /// <summary>Takes in frames.</summary>
    /// <param name="evaluator">The potential.</param>
    /// <param name="frames">With energy, forces or virial.</param>
    /// <param name="groupOf">The group of each.</param>
    /// <param name="cancellation">Stops between frames.</param>
    /// <returns>How many there were.</returns>
    public int Measure(FrameEvaluator evaluator, IEnumerable<Configuration> frames, Func<Configuration, string> groupOf, CancellationToken cancellation = default)
    {
        var count = 0;
        foreach (var frame in frames)
        {
            cancellation.ThrowIfCancellationRequested();
            Add(groupOf(frame), frame, evaluator.Evaluate(frame));
            count++;
        }
        return count;
    }

    /// <summary>Errors of every group, and of all frames together where there are several.</summary>
    public IReadOnlyList<GroupErrors> Groups()
    {
        List<GroupErrors> rows = [.. groups.Select(g => Row(g.Key, [g.Value]))];
        return groups.Count > 1 ? [.. rows, Row("all", [.. groups.Values])] : rows;
    }

    /// <summary>Parity plots: what the potential says over what the frames say.</summary>
    public AnalysisResult Result()
    {
        var plots = new List<AnalysisPlot>();
        AddPlot("Energy of an atom", energyUnit, g => g.Energies);
        AddPlot("Components of forces", $"{energyUnit}/{lengthUnit}", g => g.Forces);
        AddPlot("Components of virials, for each atom", energyUnit, g => g.Virials);
        var scalars = Groups().SelectMany(g => new AnalysisScalar?[]
        {
            Scalar(g.Name, "energy MAE", g.EnergyMae, energyUnit),
            Scalar(g.Name, "energy RMSE", g.EnergyRmse, energyUnit),
            Scalar(g.Name, "force MAE", g.ForceMae, $"{energyUnit}/{lengthUnit}"),
            Scalar(g.Name, "force RMSE", g.ForceRmse, $"{energyUnit}/{lengthUnit}"),
            Scalar(g.Name, "virial MAE", g.VirialMae, energyUnit),
            Scalar(g.Name, "virial RMSE", g.VirialRmse, energyUnit),
        });
        return new("errors", "Errors of the potential", plots, [.. scalars.OfType<AnalysisScalar>()], ["Energies and virials for each atom, forces by component. The line is where both are equal."]);

        void AddPlot(string title, string unit, Func<Group, List<(double Known, double Found)>> of)
        {
            AnalysisCurve[] clouds = [.. groups.Where(g => of(g.Value).Count > 0).Select(g => Cloud(g.Key, of(g.Value)))];
            if (clouds.Length > 0)
            {
                var known = clouds.SelectMany(c => c.X).ToArray();
                double[] ends = [known.Min(), known.Max()];
                plots.Add(new(title, "known", unit, "potential", unit, [new("equal", ends, ends), .. clouds]));
            }
        }
    }

    private void Add(string group, Configuration frame, SinglePoint found)
    {
        if (!groups.TryGetValue(group, out var to))
        {
            groups[group] = to = new();
        }
        to.Frames++;
        to.Atoms += frame.Count;
        if (frame.Energy is { } energy)
        {
            to.Energies.Add((energy / frame.Count, found.Energy / frame.Count));
        }
        if (frame.Forces is { } forces)
        {
            to.Forces.AddRange(forces.Zip(found.Forces));
        }
        if (frame.Virial is { } virial)
        {
            to.Virials.AddRange(virial.ToArray().Zip(found.Virial.ToArray()).Select(v => (v.First / frame.Count, v.Second / frame.Count)));
        }
    }

    private static AnalysisScalar? Scalar(string group, string what, double? value, string unit) => value is { } v ? new($"{group}: {what}", v, unit) : null;

    private static AnalysisCurve Cloud(string name, List<(double Known, double Found)> pairs)
    {
        var shown = pairs;
        if (pairs.Count > MostPoints)
        {
            var sorted = pairs.OrderByDescending(p => Math.Abs(p.Found - p.Known)).ToList();
            var stride = (pairs.Count - MostPoints / 4) / (MostPoints * 3 / 4) + 1;
            shown = [.. sorted.Where((_, k) => k < MostPoints / 4 || k % stride == 0)];
        }
        return new(name, [.. shown.Select(p => p.Known)], [.. shown.Select(p => p.Found)]) { Scatter = true };
    }

    private static GroupErrors Row(string name, IReadOnlyList<Group> parts)
    {
        var (energy, force, virial) = (Errors(parts.SelectMany(p => p.Energies)), Errors(parts.SelectMany(p => p.Forces)), Errors(parts.SelectMany(p => p.Virials)));
        return new(name, parts.Sum(p => p.Frames), parts.Sum(p => p.Atoms), energy?.Mae, energy?.Rmse, force?.Mae, force?.Rmse, virial?.Mae, virial?.Rmse);
    }

    private static (double Mae, double Rmse)? Errors(IEnumerable<(double Known, double Found)> pairs)
    {
        var (count, magnitude, square) = (0L, 0.0, 0.0);
        foreach (var (known, found) in pairs)
        {
            count++;
            magnitude += Math.Abs(found - known);
            square += (found - known) * (found - known);
        }
        return count == 0 ? null : (magnitude / count, Math.Sqrt(square / count));
    }

    private sealed class Group
    {
        public int Frames { get; set; }

        public long Atoms { get; set; }

        public List<(double Known, double Found)> Energies { get; } = [];

        public List<(double Known, double Found)> Forces { get; } = [];

        public List<(double Known, double Found)> Virials { get; } = [];
    }
}
