using System.Globalization;
using Engine.Core.Analysis;
using Engine.IO.Hdf5;

namespace Engine.Cli.Ntk;

/// <summary>A recording as plots and numbers for a report.</summary>
internal sealed class LearningCurves(ArrayReader file, long step, IReadOnlyList<string> classNames)
{
    /// <summary>Spectra that are drawn of one recorder.</summary>
    private const int MostSpectra = 7;

    private static readonly string[] TellingArrays = ["loss", "accuracy", "meanReturn", "entropy", "trace", "drift"];

    private static readonly (string Section, string Title, (string Plot, string Unit, bool Logarithmic, string[] Arrays)[] Plots)[] Sections =
    [
        ("learning", "Learning",
        [
            ("Loss", "", true, ["loss", "batchLoss"]), ("Accuracy", "", false, ["accuracy"]), ("Mean return", "", false, ["meanReturn"]), ("Learning rate", "", false, ["learningRate"]),
        ]),
        ("kernel", "Kernel",
        [
            ("Entropy S", "nats", false, ["entropy", "extrapolatedEntropy"]), ("tr K", "", false, ["trace"]), ("tr K/n", "", false, ["meanTrace"]),
            ("Effective entropies", "", false, ["effectiveEntropy", "effectiveCovarianceEntropy"]), ("Covariance entropy", "nats", false, ["covarianceEntropy"]),
            ("Self entropy", "nats", false, ["selfEntropy"]), ("Magnitude variance", "", false, ["magnitudeVariance"]), ("Rényi-2 entropy", "nats", false, ["renyi2Entropy"]),
            ("Participation ratio", "", false, ["participationRatio"]),
        ]),
        ("change", "Change",
        [
            ("Drift from the first kernel", "", false, ["drift"]), ("Distance of shapes, overlap of eigenvectors", "", false, ["distance", "overlap"]),
            ("Alignment with targets", "", false, ["alignment"]), ("Predicted dL/dt", "", false, ["predictedLossChange"]), ("Norms of the loss derivative", "", true, ["lossDerivativeNorms"]),
        ]),
        ("layers", "Layers", [("tr K of layers", "", false, ["layerTraces"]), ("Entropy of layers", "nats", false, ["layerEntropies"])]),
        ("classes", "Classes", [("Entropy of classes", "nats", false, ["classEntropies"])]),
    ];

    private readonly string[] groups = [.. file.Names.Where(n => n.EndsWith("/step", StringComparison.Ordinal)).Select(n => n[..n.IndexOf('/')]).Order(StringComparer.Ordinal)];

    /// <summary>Sections with what was recorded; those without are left out.</summary>
    public IReadOnlyList<AnalysisResult> Results()
    {
        var results = new List<AnalysisResult>();
        foreach (var (section, title, plots) in Sections)
        {
            AnalysisPlot[] drawn = [.. plots.Select(p => Plot(p.Plot, p.Unit, p.Logarithmic, p.Arrays)).Where(p => p.Curves.Count > 0)];
            if (drawn.Length > 0)
            {
                results.Add(new(section, title, drawn, [.. plots.SelectMany(p => Scalars(p.Unit, p.Arrays))], []));
            }
            if (section == "kernel" && Spectra() is { Length: > 0 } spectra)
            {
                results.Add(new("spectrum", "Spectrum", spectra, [], ["Eigenvalues in descending order; those below 10⁻¹⁵ of the trace are rounding and not drawn."]));
            }
        }
        return results;
    }

    /// <summary>First and last of those numbers that tell most.</summary>
    public IReadOnlyList<(string Name, double First, double Last)> Telling() =>
    [
        .. from array in TellingArrays
           from @group in groups
           let ends = Ends(@group, array)
           where ends is not null
           select ($"{array} of {@group}{When(@group)}{(array == "entropy" ? " [nats]" : "")}", ends.Value.First, ends.Value.Last),
    ];

    /// <summary>Of a training that was stopped, rows are of an earlier moment than the network.</summary>
    private string When(string group) => Ends(group, "step") is { Last: var last } && last != step ? string.Create(CultureInfo.InvariantCulture, $" at step {last}") : "";

    private (double First, double Last)? Ends(string group, string array)
    {
        var name = $"{group}/{array}";
        return file.Names.Contains(name) && file.RowsOf(name) > 0 ? (file.Read(name, 0, 1)[0], file.Read(name, file.RowsOf(name) - 1, 1)[0]) : null;
    }

    private AnalysisPlot Plot(string title, string unit, bool logarithmic, string[] arrays) =>
        new(title, "step", "", title, unit, [.. arrays.SelectMany(array => groups.SelectMany(group => Curves(group, array, arrays.Length > 1)))]) { LogarithmicY = logarithmic };

    private IEnumerable<AnalysisCurve> Curves(string group, string array, bool several)
    {
        var name = $"{group}/{array}";
        if (!file.Names.Contains(name))
        {
            yield break;
        }
        var (steps, values) = (file.Read($"{group}/step"), file.Read(name));
        var width = values.Length / Math.Max(1, (int)file.RowsOf(name));
        var parts = Parts(group, array, width);
        for (var k = 0; k < width; k++)
        {
            var kept = Enumerable.Range(0, Math.Min(steps.Length, values.Length / width)).Where(i => double.IsFinite(values[i * width + k])).ToArray();
            var label = several ? $"{group} {array}" : group;
            yield return new(parts is null ? label : $"{label}, {parts[k]}", [.. kept.Select(i => steps[i])], [.. kept.Select(i => values[i * width + k])]);
        }
    }

    private string[]? Parts(string group, string array, int width) => array switch
    {
        "layerTraces" or "layerEntropies" => file.Text($"{group}/layers")!.Split('\n'),
        "classEntropies" => [.. file.Read($"{group}/classes").Distinct().Order().Select(c => c < classNames.Count ? classNames[(int)c] : FormattableString.Invariant($"class {c}"))],
        "lossDerivativeNorms" when width > 1 => [.. Enumerable.Range(1, width).Select(k => FormattableString.Invariant($"norm {k}"))],
        _ => null,
    };

    private IEnumerable<AnalysisScalar> Scalars(string unit, string[] arrays) =>
        from array in arrays
        from @group in groups
        where file.Names.Contains($"{@group}/{array}") && file.RowOf($"{@group}/{array}").Count == 0
        let ends = Ends(@group, array)
        where ends is not null
        from part in new[] { ("first", ends.Value.First), ("last", ends.Value.Last) }
        select new AnalysisScalar($"{array} of {@group}, {part.Item1}", part.Item2, unit);

    private AnalysisPlot[] Spectra() =>
    [
        .. from @group in groups
           from array in new[] { "eigenvalues", "normalisedEigenvalues" }
           let name = $"{@group}/{array}"
           where file.Names.Contains(name) && file.RowsOf(name) > 0
           select new AnalysisPlot($"{(array == "eigenvalues" ? "Eigenvalues" : "Eigenvalues over their sum")}, {@group}", "index", "", array == "eigenvalues" ? "λ" : "λ/Σλ", "", [.. Spectra(@group, name)])
           {
               LogarithmicX = true,
               LogarithmicY = true,
           },
    ];

    private IEnumerable<AnalysisCurve> Spectra(string group, string name)
    {
        var (steps, rows) = (file.Read($"{group}/step"), file.RowsOf(name));
        // From the first to the last, evenly by number.
        foreach (var row in Enumerable.Range(0, MostSpectra).Select(k => (long)Math.Round(k * (rows - 1) / (MostSpectra - 1.0))).Distinct())
        {
            var values = file.Read(name, row, 1);
            var smallest = 1e-15 * values.Sum();
            var count = values.Count(v => v > smallest);
            yield return new(FormattableString.Invariant($"step {steps[row]}"), [.. Enumerable.Range(1, count).Select(i => (double)i)], values[..count]);
        }
    }
}
