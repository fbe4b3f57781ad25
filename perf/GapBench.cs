using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Soap;
using Engine.Core.Units;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>
/// SOAP descriptors and GAP forces, beside QUIP where it is on PATH. The potentials are of the size of published ones with weights that mean nothing: how long a force takes does not depend on them.
/// </summary>
public static class GapBench
{
    private const string Hafnia = "soap cutoff=5.0 l_max=6 n_max=6 atom_sigma=0.5 cutoff_transition_width=0.5 n_species=2 species_Z={8 72} Z=";
    private const string Silicon = "soap cutoff=5.4 l_max=8 n_max=8 atom_sigma=0.5 cutoff_transition_width=0.5 n_species=1 species_Z={14} Z=";
    private const string Values = "soap cutoff=5.0 l_max=6 n_max=8 atom_sigma=0.5 cutoff_transition_width=0.5 n_species=1 species_Z={14} Z=";
    private const int SparsePoints = 1000;
    private const double WarmSeconds = 1;

    private static readonly (string Name, string Text, Action<JsonObject, Workers, int, Action<string>, CancellationToken> Run)[] Cases =
    [
        ("soap-si", "SOAP of 1728 atoms of silicon, n 8 l 6, 5 Å", (line, workers, rounds, _, _) => Describe(line, SiliconCell(), Values, [14], workers, rounds)),
        ("soap-hfo2", "SOAP of 6144 atoms of HfO2, n = l = 6, 5 Å", (line, workers, rounds, _, _) => Describe(line, HafniaCell(8), Hafnia, [72, 8], workers, rounds)),
        ("force-si", "energy, forces, virial of 1728 atoms of silicon, n = l = 8, 5.4 Å, 1000 sparse points", (line, workers, rounds, progress, cancellation) => Beside(line, SiliconCell(), Silicon, [14], workers, rounds, progress, cancellation)),
        ("force-hfo2", "energy, forces, virial of 6144 atoms of HfO2, n = l = 6, 5 Å, 1000 sparse points of each species", (line, workers, rounds, progress, cancellation) => Beside(line, HafniaCell(8), Hafnia, [72, 8], workers, rounds, progress, cancellation)),
        ("force-hfo2-large", "the same of 98304 atoms", (line, workers, _, _, _) => Force(line, Supercell.Build(HafniaCell(8), 4, 2, 2), Hafnia, [72, 8], workers, 1)),
        ("products-hfo2", "the matrix products of force-hfo2 alone", (line, workers, rounds, _, _) => Products(line, workers, rounds)),
    ];

    /// <summary>What can be measured, and a line on each.</summary>
    public static IReadOnlyList<(string Name, string Text)> Names { get; } = [.. Cases.Select(c => (c.Name, c.Text))];

    /// <summary>Measures what is named; each line is the best of a few rounds.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> names, int threads, MachineBounds bounds, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        using var workers = new Workers(threads);
        foreach (var (name, _, run) in Cases.Where(c => names.Contains(c.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            progress($"{name}, {threads} thread{(threads == 1 ? "" : "s")}");
            var line = new JsonObject { ["case"] = name, ["threads"] = threads };
            run(line, workers, rounds, progress, cancellation);
            if ((double?)line["flopPerAtom"] is { } flop)
            {
                line["fraction"] = flop * (int)line["atoms"]! / (double)line["seconds"]! / ((int)line["threads"]! * bounds.FlopRateDouble);
            }
            yield return line;
        }
    }

    private static void Describe(JsonObject line, Configuration frame, string descriptor, int[] centres, Workers workers, int rounds)
    {
        SoapDescriptors[] sets = [.. centres.Select(z => new SoapDescriptors(new DescriptorText(descriptor + z).ToSoap()))];
        Record(line, frame.Count, Fastest(rounds, () =>
        {
            foreach (var set in sets)
            {
                set.Compute(frame, workers);
            }
        }));
        Array.ForEach(sets, set => set.Dispose());
    }

    /// <summary>Forces, and QUIP's time for the same where it is installed.</summary>
    private static void Beside(
        JsonObject line, Configuration frame, string descriptor, int[] centres, Workers workers, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        var model = Force(line, frame, descriptor, centres, workers, rounds);
        if (QuipCase.Installed is not { } quip)
        {
            line["peer"] = "quip not on PATH";
            return;
        }
        line["peer"] = "quip";
        progress($"{(string)line["case"]!}, quip on one core");
        try
        {
            var energy = SinglePoint.Evaluate(frame, PotentialModel.Build(PotentialFile.Of(model), frame.SpeciesTable, UnitSystem.Metal), workers).Energy;
            var seconds = quip.Seconds(model, frame, energy, cancellation);
            line["peerMicrosecondsPerAtom"] = 1e6 * seconds / frame.Count;
            line["ratioPerCore"] = seconds / ((double)line["seconds"]! * (int)line["threads"]!);
        }
        catch (RunFailedException error)
        {
            progress($"quip is left out: {error.Message}");
        }
    }

    private static GapModel Force(JsonObject line, Configuration frame, string descriptor, int[] centres, Workers workers, int rounds)
    {
        var model = Model(frame, descriptor, centres);
        var force = new GapForce(model, frame.SpeciesTable);
        var system = ParticleSystem.FromConfiguration(frame, UnitSystem.Metal);
        Record(line, frame.Count, Fastest(rounds, () => force.Add(system, workers, energy: true, allowOverlap: false)));
        line["bytesPerAtom"] = (double)force.Bytes / frame.Count;
        // Two products with the sparse points: the rest is counted as nothing.
        line["flopPerAtom"] = 4.0 * SparsePoints * model.Sets[0].Dimensions;
        return model;
    }

    private static void Products(JsonObject line, Workers workers, int rounds)
    {
        const int batch = 256;
        var length = new DescriptorText(Hafnia + 8).ToSoap().Length;
        using var d = new AlignedBuffer<double>(batch * length);
        using var x = new AlignedBuffer<double>(SparsePoints * length);
        using var k = new AlignedBuffer<double>(batch * SparsePoints);
        d.Span.Fill(1e-3);
        x.Span.Fill(1e-3);
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        var (descriptors, points, products) = (new Matrix<double>(d, batch, length), new Matrix<double>(x, SparsePoints, length), new Matrix<double>(k, batch, SparsePoints));
        Record(line, batch, Fastest(5 * rounds, () =>
        {
            algebra.Gemm(1, descriptors, points.Transposed, 0, products);
            algebra.Gemm(1e-9, products, points, 0, descriptors);
        }));
        line["threads"] = 1;
        line["flopPerAtom"] = 4.0 * SparsePoints * length;
    }

    private static void Record(JsonObject line, int atoms, double seconds)
    {
        line["atoms"] = atoms;
        line["seconds"] = seconds;
        line["microsecondsPerAtom"] = 1e6 * seconds / atoms;
    }

    private static double Fastest(int rounds, Action work)
    {
        // The runtime compiles hot loops for good while they run.
        var begin = Stopwatch.GetTimestamp();
        do
        {
            work();
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < WarmSeconds);
        return Enumerable.Range(0, rounds).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    /// <summary>Hafnia's, with 1000 sparse points of each species.</summary>
    internal static GapModel HafniaModel(Configuration frame) => Model(frame, Hafnia, [72, 8]);

    private static GapModel Model(Configuration frame, string descriptor, int[] centres)
    {
        var random = new Random(3);
        return new()
        {
            Label = "GAP_bench",
            Version = SoapSettings.FirstVersionWithCentreInItsOwnChannel,
            FreeAtoms = centres.ToDictionary(z => z, _ => 0.0),
            Sets = [.. centres.Select(z => Set(new(descriptor + z), frame, random))],
        };
    }

    private static GapSparseSet Set(DescriptorText text, Configuration frame, Random random)
    {
        using var soap = new SoapDescriptors(text.ToSoap());
        var values = soap.Compute(frame, Workers.Single).Values;
        var length = soap.Settings.Length;
        var points = new double[SparsePoints * length];
        for (var s = 0; s < SparsePoints; s++)
        {
            Buffer.BlockCopy(values, sizeof(double) * length * (s % values.GetLength(0)), points, sizeof(double) * length * s, sizeof(double) * length);
        }
        return new()
        {
            Descriptor = text,
            Covariance = GapCovariance.DotProduct,
            Delta = 1,
            Zeta = 4,
            Dimensions = length,
            Points = points,
            Weights = [.. Enumerable.Range(0, SparsePoints).Select(_ => 1e-3 * (random.NextDouble() - 0.5))],
            Cutoffs = [.. Enumerable.Repeat(1.0, SparsePoints)],
            Soap = soap.Settings,
        };
    }

    internal static Configuration HafniaCell(int cells) => Shaken(new()
    {
        Structure = CrystalStructure.Fluorite,
        Species = ["Hf", "O"],
        LatticeConstant = 5.1,
        Cells = [cells, cells, cells],
    });

    private static Configuration SiliconCell() => Shaken(new() { Structure = CrystalStructure.Diamond, Species = ["Si"], LatticeConstant = 5.43, Cells = [6, 6, 6] });

    private static Configuration Shaken(CrystalInput crystal)
    {
        var frame = CrystalBuilder.Build(crystal, UnitSystem.Metal, new Dictionary<string, double>());
        var random = new Random(5);
        for (var k = 0; k < frame.Positions.Length; k++)
        {
            frame.Positions[k] += 0.4 * (random.NextDouble() - 0.5);
        }
        return frame;
    }
}
