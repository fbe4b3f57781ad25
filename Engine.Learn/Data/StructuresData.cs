using System.Globalization;
using Engine.Core.Particles;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Neighbours;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>
/// "structures": frames of a structure file as graphs. A node is an atom, with one feature for each species, 1 for its own; an edge comes from each atom within a cutoff, each periodic image
/// on its own, with radial functions of its length as features.
/// </summary>
public sealed record StructuresData : SplitData
{
    /// <summary>Extended XYZ (.extxyz, .xyz), or LAMMPS data.</summary>
    public required string Path { get; init; }

    /// <summary>Longest edge [length of the file].</summary>
    public required double Cutoff { get; init; }

    /// <summary>In the order of node features, nodeFeatures of the network; null: those of the file, by their letters.</summary>
    public IReadOnlyList<string>? Species { get; init; }

    /// <summary>
    /// edgeFeatures of the network; 0: edges have none. Function k of K is e^(−(r − μ_k)²/2Δ²) ½(1 + cos(π r/r_c)), μ_k = k Δ from 0 to the cutoff r_c: Gaussians of K. Schütt et al.,
    /// arXiv:1706.08566, with the cutoff of J. Behler and M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007).
    /// </summary>
    public int RadialFunctions { get; init; } = 8;

    /// <summary>Key of a frame whose value is the target, a number or a class; null: its energy for each atom [energy of the file].</summary>
    public string? Label { get; init; }

    /// <summary>Whether the label is a class: one for each value that occurs, by its letters.</summary>
    public bool ClassTarget { get; init; }

    /// <summary>Key of energies; null: energy, dft_energy and other common spellings.</summary>
    public string? EnergyKey { get; init; }

    /// <summary>Of targets that are numbers.</summary>
    public Normalisation TargetNormalisation { get; init; } = Normalisation.ZScore;

    internal override DataDefinition WithoutPath() => this with { Path = "" };

    internal override string Inputs => FormattableString.Invariant($"graphs of cutoff {Cutoff} and {RadialFunctions} radialFunctions");

    private protected override (ColumnScale[]? Features, ColumnScale[]? Targets) ScalesOf(SamplePool training, SamplePool all, InputDefinition input) =>
        (null, all.Targets?.ScalesOf(TargetNormalisation, training.Targets!));

    internal override GraphPool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        if (!(Cutoff > 0 && double.IsFinite(Cutoff)))
        {
            throw new InputException(FormattableString.Invariant($"data: cutoff is {Cutoff}, expected a positive length, such as 3"));
        }
        if (RadialFunctions < 0)
        {
            throw new InputException($"data: radialFunctions is {RadialFunctions}, expected 0 or more");
        }
        if (ClassTarget && Label is null)
        {
            throw new InputException("data: classTarget is true, but energies are no classes; name the key of the class in label");
        }
        // For its hash; the reader takes the file line by line.
        files.Read(Path);
        var frames = StructureFile.ReadFrames(files.Resolve(Path), new() { EnergyKey = EnergyKey }).ToArray();
        string[] species = [.. learnt is { Features.Count: > 0 } ? learnt.Features : Species ?? [.. frames.SelectMany(f => f.SpeciesTable.Where((_, k) => f.Species.Contains(k))).Select(s => s.Name).Distinct().Order(StringComparer.Ordinal)]];
        if (input is GraphInput graph && (graph.NodeFeatures != species.Length || graph.FeaturesOfEdges != RadialFunctions))
        {
            throw new InputException(
                $"data: {Path} has {species.Length} species ({string.Join(", ", species)}) and radialFunctions is {RadialFunctions}, for a network of nodeFeatures {graph.NodeFeatures} and edgeFeatures {graph.FeaturesOfEdges}; expected the same numbers");
        }
        var cells = new ImageCells();
        return new([.. frames.Select(f => ToGraph(f, species, learnt is not null, cells))], Targets(frames, isLearnt: learnt is null), species);
    }

    /// <summary>What a network should give; null where no frame has it. Those to learn from have all.</summary>
    private PoolTargets? Targets(Configuration[] frames, bool isLearnt)
    {
        if (Label is not { } label)
        {
            return Numbers("energyPerAtom", f => f.Energy / f.Count, EnergyKey is null ? "an energy (dft_energy=…); name its key in energyKey, or another target in label" : $"{EnergyKey}=…");
        }
        if (!ClassTarget)
        {
            return Numbers(
                label, f => double.TryParse(f.Labels.GetValueOrDefault(label), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null, $"{label}=… with one number");
        }
        string?[] names = [.. frames.Select(f => f.Labels.GetValueOrDefault(label) ?? (isLearnt ? throw Lacks(f, $"{label}=…") : null))];
        string[] classes = [.. names.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return classes.Length == 0 ? null : PoolTargets.Of(Array.ConvertAll(names, name => Array.IndexOf(classes, name)), classes);

        PoolTargets? Numbers(string name, Func<Configuration, double?> valueOf, string expected)
        {
            var values = new double[frames.Length, 1];
            for (var k = 0; k < frames.Length; k++)
            {
                values[k, 0] = valueOf(frames[k]) is { } value && double.IsFinite(value) ? value : isLearnt ? throw Lacks(frames[k], expected) : double.NaN;
            }
            return values.Cast<double>().All(double.IsNaN) ? null : PoolTargets.Of(values, [name]);
        }

        InputException Lacks(Configuration frame, string expected) => new($"data: {frame.Place} has no target, expected {expected}");
    }

    private GraphSample ToGraph(Configuration frame, string[] species, bool areLearnt, ImageCells cells)
    {
        var columns = frame.SpeciesTable.Select(s => Array.IndexOf(species, s.Name)).ToArray();
        int[] kinds = Array.ConvertAll(frame.Species, s => columns[s] is >= 0 and var column
            ? column
            : throw new InputException($"data: {frame.Place} has {frame.SpeciesTable[s].Name}, but species are {string.Join(", ", species)}; {(areLearnt ? "the network learnt from no others" : "add it to species, or leave species out")}"));
        var (sources, targets, edges) = (new List<int>(), new List<int>(), new List<double>());
        cells.Build(frame, Cutoff);
        for (var i = 0; i < frame.Count; i++)
        {
            var near = new List<(int Source, double Distance)>();
            cells.ForEach(i, (j, _, _, _, square) => near.Add((j, Math.Sqrt(square))));
            // Whatever the cells are, edges come in the order of atoms, and of images as they lie along the axes.
            foreach (var (source, distance) in near.OrderBy(n => n.Source))
            {
                sources.Add(source);
                targets.Add(i);
                AddRadial(edges, distance);
            }
        }
        return new(GraphSample.OneHot(kinds, species.Length), [.. sources], [.. targets], [.. edges]);
    }

    private void AddRadial(List<double> features, double distance)
    {
        var spacing = Cutoff / Math.Max(1, RadialFunctions - 1);
        var fade = 0.5 * (1 + Math.Cos(Math.PI * distance / Cutoff));
        for (var k = 0; k < RadialFunctions; k++)
        {
            var u = (distance - k * spacing) / spacing;
            features.Add(Math.Exp(-0.5 * u * u) * fade);
        }
    }
}
