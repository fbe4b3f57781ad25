using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.Core.Units;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>
/// Fits a sparse Gaussian process to energies, forces and virials: minimises Σ (K α − y)²/σ² + αᵀ K_MM α by a QR decomposition of [Λ^(−1/2) K; Lᵀ], K_MM = L Lᵀ, as
/// QUIP's gap_fit does, in double. K never is in memory as a whole: blocks of frames are joined to the triangular factor of those before.
/// A. P. Bartók, G. Csányi, Int. J. Quantum Chem. 115, 1051 (2015); J. Quiñonero-Candela, C. E. Rasmussen, J. Mach. Learn. Res. 6, 1939 (2005).
/// </summary>
public static class GapFit
{
    /// <summary>Rows of a block, unless the memory holds fewer.</summary>
    private const int FewestRows = 4096;

    /// <summary>What a matrix can hold.</summary>
    private const int MostNumbers = int.MaxValue;

    private const double GiB = 1 << 30;

    private const double SecondsBetweenLines = 2;

    /// <summary>Fits a potential.</summary>
    /// <param name="frames">Training data; species are elements.</param>
    /// <param name="settings">How.</param>
    /// <param name="workers">The thread team; the result does not depend on it.</param>
    /// <param name="progress">Told what is done, one line each.</param>
    /// <param name="provenance">What the record shall hold beside: files, versions.</param>
    /// <param name="sparsePoints">Sets to take the sparse points from instead of choosing them; null to choose.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <exception cref="InputException">Data or settings are not of use.</exception>
    /// <exception cref="RunFailedException">The covariance of the sparse points is singular.</exception>
    public static GapFitResult Run(
        IReadOnlyList<Configuration> frames, GapFitSettings settings, Workers workers, Action<string> progress, JsonObject? provenance = null,
        IReadOnlyList<GapSparseSet>? sparsePoints = null, CancellationToken cancellation = default)
    {
        var elements = Check(frames, settings);
        GapBasis[] bases = [.. settings.Descriptors.SelectMany(d => d.CreateBases(elements))];
        try
        {
            return Run(frames, settings, bases, workers, progress, provenance, sparsePoints, cancellation);
        }
        finally
        {
            Array.ForEach(bases, basis => basis.Dispose());
        }
    }

    /// <summary>Refuses settings and data that no fit can use.</summary>
    /// <returns>Atomic numbers of the elements of the data, ascending.</returns>
    private static int[] Check(IReadOnlyList<Configuration> frames, GapFitSettings settings)
    {
        settings.Check();
        TrainingData.RequireLabels(frames, settings);
        var (elements, cells) = (new SortedSet<int>(), new ImageCells());
        foreach (var frame in frames)
        {
            var table = SoapDescriptors.AtomicNumbers(frame);
            elements.UnionWith(frame.Species.Select(s => table[s]));
            SoapDescriptors.RequireDistances(frame, cells);
        }
        return [.. elements];
    }

    private static GapFitResult Run(
        IReadOnlyList<Configuration> frames, GapFitSettings settings, GapBasis[] bases, Workers workers, Action<string> progress, JsonObject? provenance,
        IReadOnlyList<GapSparseSet>? sparsePoints, CancellationToken cancellation)
    {
        var core = settings.Core switch
        {
            null => null,
            GapFitSettings.NuclearCore => CoreOf(NuclearRepulsion.Stanza(ShortestDistances(frames))),
            var path => ReadCore(path),
        };
        var data = TrainingData.Prepare(frames, settings, core, workers);
        progress($"{frames.Count} frames: {data.Frames.Count(f => f.Energy is not null)} energies, {data.Frames.Count(f => f.Forces is not null)} with forces, "
            + $"{data.Frames.Count(f => f.Virial is not null)} with virials; free atoms: {data.FreeAtomsFrom}");
        if (settings.Virials && UnreadTensors(frames) is { Length: > 0 } unread && !data.Frames.Any(f => f.Virial is not null))
        {
            progress($"no virials: {string.Join(", ", unread)} {(unread.Length == 1 ? "is a key" : "are keys")} that nobody reads; expected virial [eV] or stress [eV/Å³, positive under tension]; rename it where it is that");
        }
        var budget = settings.MemoryLimit * GiB;
        if (sparsePoints is null)
        {
            Array.ForEach(bases, basis => basis.RequireCandidates(data.Frames));
        }
        for (var t = 0; t < bases.Length; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (sparsePoints is not null)
            {
                bases[t].SetSparsePoints(sparsePoints.FirstOrDefault(bases[t].Fits) ?? throw new InputException(
                    $"fit: none of the sets to take sparse points from is a {bases[t].Name} of the same settings; expected one: descriptor, species and cutoff have to be equal"));
            }
            else
            {
                bases[t].ChooseSparsePoints(data.Frames, settings.Seed, budget, workers);
            }
            progress($"{bases[t].Name}: {bases[t].Count} sparse points{(sparsePoints is null ? OfCandidates(bases[t]) : "")}");
        }
        var weights = Solve(data, bases, settings.Jitter, budget, workers, progress, cancellation);
        return Result(settings, data, bases, weights, core, provenance);
    }

    private static string OfCandidates(GapBasis basis) =>
        $" of {basis.Candidates} candidates{(basis.Count < basis.Asked ? $", not {basis.Asked}: equal ones count once" : "")}";

    /// <summary>Keys that look like a virial or a stress and are neither by their names.</summary>
    private static string[] UnreadTensors(IReadOnlyList<Configuration> frames) =>
    [
        .. TrainingData.Keys(frames)
            .Where(key => key.Contains("stress", StringComparison.OrdinalIgnoreCase) || key.Contains("virial", StringComparison.OrdinalIgnoreCase)).Where(key => !key.EndsWith("_sigma", StringComparison.Ordinal)),
    ];

    /// <summary>What kind of configuration a frame is: by the label of this name, else config_type or group; "default" where it has none.</summary>
    public static string GroupOf(Configuration frame, string? key) =>
        (key is null ? frame.Labels.GetValueOrDefault("config_type") ?? frame.Labels.GetValueOrDefault("group") : frame.Labels.GetValueOrDefault(key)) ?? "default";

    /// <summary>Refuses names that no frame has.</summary>
    /// <param name="frames">All of the data.</param>
    /// <param name="key">Key of the group; null where none is asked for.</param>
    /// <param name="from">What names the key, for the message.</param>
    /// <param name="sigmas">Groups that have weights of their own.</param>
    /// <exception cref="InputException">No frame has the key, or is of one of the groups.</exception>
    public static void RequireGroups(IReadOnlyList<Configuration> frames, string? key, string from, IEnumerable<string> sigmas)
    {
        if (key is not null && !frames.Any(frame => frame.Labels.ContainsKey(key)))
        {
            var keys = TrainingData.Keys(frames);
            throw new InputException($"{from} is {key}, which no frame has; expected one of {(keys.Length == 0 ? "the keys of the file, which has none" : string.Join(", ", keys))}");
        }
        string[] groups = [.. frames.Select(frame => GroupOf(frame, key)).Distinct().Order()];
        if (sigmas.FirstOrDefault(name => !groups.Contains(name)) is { } stranger)
        {
            throw new InputException($"fit: groupSigma has {stranger}, a group that no frame is of; expected some of {string.Join(", ", groups)}; groupKey says by which key frames are grouped");
        }
    }

    private static double[] Solve(
        TrainingData data, GapBasis[] bases, double jitter, double budget, Workers workers, Action<string> progress, CancellationToken cancellation)
    {
        var columns = bases.Sum(basis => basis.Count);
        var total = data.Frames.Sum(frame => frame.Rows);
        var tallest = data.Frames.Max(frame => frame.Rows);
        var least = (double)columns * (columns + tallest);
        if (least > MostNumbers || least * sizeof(double) > budget)
        {
            var most = Math.Min(budget, sizeof(double) * (double)MostNumbers);
            throw new InputException(FormattableString.Invariant(
                $"fit: {columns} sparse points and frames of up to {tallest} data need a matrix of {sizeof(double) * least / GiB:G3} GiB, expected no more than {most / GiB:G3} GiB; use fewer sparse points or smaller frames{(least > MostNumbers ? "" : ", or a larger memoryLimit")}"));
        }
        // Three times as many rows as columns make the triangle on top a quarter of the work.
        var room = Math.Min(0.5 * budget / sizeof(double), MostNumbers) / columns - columns;
        var capacity = (int)Math.Clamp(room, tallest, Math.Max(tallest, Math.Max(FewestRows, 3L * columns)));
        using var system = new StreamingLeastSquares(columns, Math.Min(capacity, Math.Max(tallest, total)), workers);
        StartFromCovariance(bases, system.Factor, jitter, workers);
        var (next, done, told) = (0, 0, Stopwatch.GetTimestamp());
        while (next < data.Frames.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = new List<(TrainingFrame Frame, int Row)>();
            var rows = 0;
            for (; next < data.Frames.Count && rows + data.Frames[next].Rows <= system.Capacity; next++)
            {
                block.Add((data.Frames[next], rows));
                rows += data.Frames[next].Rows;
            }
            workers.Run(block.Count, k => Fill(block[k].Frame, block[k].Row, bases, system));
            system.Absorb(rows);
            done += rows;
            if (next == data.Frames.Count || Stopwatch.GetElapsedTime(told).TotalSeconds > SecondsBetweenLines)
            {
                told = Stopwatch.GetTimestamp();
                progress(string.Create(CultureInfo.InvariantCulture, $"{done} of {total} data ({100.0 * done / total:0} %), {columns} unknowns"));
            }
        }
        return system.Solve();
    }

    /// <summary>Lᵀ of the covariance of all sparse points, block by block: what holds the weights together.</summary>
    private static void StartFromCovariance(GapBasis[] bases, Matrix<double> factor, double jitter, Workers workers)
    {
        using var algebra = LinearAlgebra.OfProcessor(workers);
        var first = 0;
        foreach (var basis in bases)
        {
            using var buffer = new AlignedBuffer<double>(basis.Count * basis.Count);
            var covariance = new Matrix<double>(buffer, basis.Count, basis.Count);
            basis.Covariance(covariance);
            for (var s = 0; s < basis.Count; s++)
            {
                covariance[s, s] += jitter;
            }
            try
            {
                algebra.Cholesky(covariance);
            }
            catch (RunFailedException error)
            {
                throw new RunFailedException(FormattableString.Invariant(
                    $"fit: the covariance of the {basis.Count} sparse points of {basis.Name} is singular with a jitter of {jitter}; expected a positive definite one; use a larger jitter or fewer sparse points"), error);
            }
            for (var i = 0; i < basis.Count; i++)
            {
                for (var j = i; j < basis.Count; j++)
                {
                    factor[first + i, first + j] = covariance[j, i];
                }
            }
            first += basis.Count;
        }
    }

    private static void Fill(TrainingFrame frame, int firstRow, GapBasis[] bases, StreamingLeastSquares system)
    {
        var column = 0;
        foreach (var basis in bases)
        {
            if (frame.Rows > 0)
            {
                basis.AddRows(frame, system.Block.Block(firstRow, column, frame.Rows, basis.Count));
            }
            column += basis.Count;
        }
        var row = firstRow;
        foreach (var (value, weight) in frame.Targets())
        {
            TensorPrimitives.Multiply(system.Block.Row(row), weight, system.Block.Row(row));
            system.Values[row++] = value;
        }
    }

    private static GapModel ReadCore(string path)
    {
        XElement stanza;
        try
        {
            stanza = XElement.Load(path).DescendantsAndSelf("Glue_params").FirstOrDefault()
                ?? throw new InputException($"{path} has no element Glue_params; expected the pair potentials of a core");
        }
        catch (Exception error) when (error is System.Xml.XmlException or IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot read the core potential {path}: {error.OneLine()}; expected XML with Glue_params", error);
        }
        return CoreOf(stanza);
    }

    private static GapModel CoreOf(XElement stanza) => new()
    {
        Label = "core",
        Version = SoapSettings.FirstVersionWithCentreInItsOwnChannel,
        FreeAtoms = Enumerable.Range(1, Elements.Count).ToDictionary(z => z, _ => 0.0),
        Sets = [],
        Core = new(stanza),
        CoreStanza = stanza,
    };

    /// <summary>Shortest distance of every pair of elements up to a few ångström; pairs that are always farther apart are left out.</summary>
    private static Dictionary<(int First, int Second), double> ShortestDistances(IReadOnlyList<Configuration> frames)
    {
        const double farthest = 4;
        var shortest = new Dictionary<(int First, int Second), double>();
        var cells = new ImageCells();
        foreach (var frame in frames)
        {
            var table = SoapDescriptors.AtomicNumbers(frame);
            cells.Build(frame, farthest);
            for (var i = 0; i < frame.Count; i++)
            {
                var first = table[frame.Species[i]];
                cells.ForEach(i, (j, _, _, _, square) =>
                {
                    var second = table[frame.Species[j]];
                    var pair = (Math.Min(first, second), Math.Max(first, second));
                    shortest[pair] = Math.Min(shortest.GetValueOrDefault(pair, farthest), Math.Sqrt(square));
                });
            }
        }
        return shortest;
    }

    private static GapFitResult Result(GapFitSettings settings, TrainingData data, GapBasis[] bases, double[] weights, GapModel? core, JsonObject? provenance)
    {
        var sets = new List<GapSparseSet>();
        var first = 0;
        foreach (var basis in bases)
        {
            sets.Add(basis.ToSet(weights[first..(first + basis.Count)]));
            first += basis.Count;
        }
        var record = new JsonObject
        {
            ["settings"] = StrictJson.ToNode(settings),
            ["frames"] = data.Frames.Count,
            ["energies"] = data.Frames.Count(f => f.Energy is not null),
            ["forces"] = data.Frames.Sum(f => f.Forces?.Length ?? 0),
            ["virials"] = data.Frames.Sum(f => f.Virial is null ? 0 : 6),
            ["freeAtoms"] = data.FreeAtomsFrom,
            ["sparsePoints"] = new JsonObject(bases.Select(b => KeyValuePair.Create(b.Name, (JsonNode?)JsonValue.Create(b.Count)))),
            ["sumOfMagnitudes"] = weights.Sum(Math.Abs),
        };
        foreach (var (key, value) in provenance ?? [])
        {
            record[key] = value?.DeepClone();
        }
        var hash = ContentHash.OfText(record.ToJsonString() + string.Join(' ', weights.Select(w => w.ToString("R", CultureInfo.InvariantCulture))));
        const int digits = 16;
        return new(
            new()
            {
                Label = $"GAP_{hash[..digits]}",
                Version = SoapSettings.FirstVersionWithCentreInItsOwnChannel,
                FreeAtoms = data.FreeAtoms,
                Sets = sets,
                Core = core?.Core,
                CoreStanza = core?.CoreStanza,
                Training = record.ToJsonString(),
            },
            record);
    }
}
