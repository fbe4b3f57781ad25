using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Core.Analysis;
using Engine.Core.Json;
using Engine.IO.Hdf5;
using Engine.Learn.Spectra;

namespace Engine.Cli.Ntk;

/// <summary>A spectrum for people, machines, and files.</summary>
internal sealed class SpectrumReport(NetworkSpectrum found, SpectrumSettings settings, IReadOnlyList<string> classNames)
{
    /// <summary>Eigenvalues that the table shows.</summary>
    private const int ShownEigenvalues = 10;

    /// <summary>tr K, which is a sum over the diagonal.</summary>
    private readonly double trace = found.Trace;

    private readonly AnalysisScalar[] variables = [.. Variables(found)];

    private string Size => $"{NumberText.Count(found.Samples, "sample")}, {NumberText.Count(found.Outputs, "output")}, {NumberText.Count(found.Parameters, "parameter")}; kernel of {NumberText.Count(found.Rows, "row")}";

    /// <summary>All but the long arrays, which are in the file.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject
        {
            ["route"] = StrictJson.NameOf(found.Route),
            ["reason"] = found.Reason,
            ["settings"] = StrictJson.ToNode(settings),
            ["samples"] = found.Samples,
            ["outputs"] = found.Outputs,
            ["parameters"] = found.Parameters,
            ["rows"] = found.Rows,
        };
        foreach (var variable in variables)
        {
            document[Key(variable.Name)] = JsonOutput.Number(variable.Value);
            if (variable.Error is { } error)
            {
                document[Key(variable.Name) + "Error"] = JsonOutput.Number(error);
            }
        }
        document["largestEigenvalues"] = new JsonArray([.. found.Eigenvalues.Take(settings.Largest).Select(JsonOutput.Number)]);
        document["layers"] = new JsonArray([.. found.Layers.Select(l => new JsonObject { ["name"] = l.Name, ["trace"] = l.Trace, ["entropy"] = l.Entropy })]);
        document["classes"] = new JsonArray(
        [
            .. found.Classes.Select((c, k) => new JsonObject
            {
                ["class"] = NameOf(c),
                ["samples"] = c.Samples,
                ["entropy"] = c.Entropy,
                ["meanTrace"] = c.MeanTrace,
                ["crossEntropies"] = Row(found.CrossEntropies, k),
                ["alignments"] = Row(found.Alignments, k),
            }),
        ]);
        return document;
    }

    /// <summary>Tables.</summary>
    public void Show(TextWriter output)
    {
        output.WriteLine(FormattableString.Invariant($"{Size}, reduction {settings.Reduction}, route {StrictJson.NameOf(found.Route)}"));
        var table = new TextTable("variable", "value", "unit");
        foreach (var variable in variables)
        {
            table.Add(variable.Name, NumberText.Measured(variable.Value, variable.Error), variable.Unit);
        }
        table.Write(output);
        var eigenvalues = new TextTable("index", "eigenvalue", "share", "sum of shares");
        var sum = 0.0;
        foreach (var (k, eigenvalue) in found.Eigenvalues.Take(ShownEigenvalues).Index())
        {
            sum += eigenvalue / trace;
            eigenvalues.Add((k + 1).ToString(CultureInfo.InvariantCulture), NumberText.Plain(eigenvalue), Share(eigenvalue / trace), Share(sum));
        }
        eigenvalues.Write(output);
        if (found.Layers.Count > 0)
        {
            var layers = new TextTable("layer", "trace", "share", "entropy [nats]");
            foreach (var layer in found.Layers)
            {
                layers.Add(layer.Name, NumberText.Plain(layer.Trace), Share(layer.Trace / trace), NumberText.Plain(layer.Entropy));
            }
            layers.Write(output);
        }
        if (found.Classes.Count > 0)
        {
            var classes = new TextTable("class", "samples", "entropy [nats]", "trace/n", "mean (S_ab − S_a − S_b)/2 [nats]", "mean alignment with others");
            foreach (var (k, part) in found.Classes.Index())
            {
                classes.Add(
                    NameOf(part), part.Samples.ToString(CultureInfo.InvariantCulture), NumberText.Plain(part.Entropy), NumberText.Plain(part.MeanTrace),
                    NumberText.Plain(MeanOfOthers(found.CrossEntropies, k)), NumberText.Plain(MeanOfOthers(found.Alignments, k)));
            }
            classes.Write(output);
        }
    }

    /// <summary>Writes all numbers to a file, and a report beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="document">All that is not an array.</param>
    /// <param name="samples">Numbers of the samples in their set.</param>
    /// <param name="dataRows">Where they are among all of the data.</param>
    public void Write(string path, JsonObject document, int[] samples, int[] dataRows)
    {
        var archive = new ArrayArchive();
        archive.Texts["spectrum"] = document.ToJsonString();
        archive.Texts["layers"] = string.Join('\n', found.Layers.Select(l => l.Name));
        void Add(string name, double[] values, params long[] shape) => archive.Arrays[name] = (shape.Length == 0 ? [values.Length] : shape, values);
        archive.Arrays["samples"] = ([samples.Length], samples);
        archive.Arrays["dataRows"] = ([dataRows.Length], dataRows);
        Add("eigenvalues", found.Eigenvalues);
        Add("diagonal", found.Diagonal);
        Add("magnitudeDistribution", KernelMeasures.MagnitudeDistribution(found.Diagonal));
        if (found.Residuals is { } residuals)
        {
            Add("residuals", residuals);
        }
        Add("layerTraces", [.. found.Layers.Select(l => l.Trace)]);
        Add("layerEntropies", [.. found.Layers.Select(l => l.Entropy)]);
        archive.Arrays["classes"] = ([found.Classes.Count], found.Classes.Select(c => c.Class).ToArray());
        Add("classEntropies", [.. found.Classes.Select(c => c.Entropy)]);
        Add("crossEntropies", [.. found.CrossEntropies.Cast<double>()], found.Classes.Count, found.Classes.Count);
        Add("classAlignments", [.. found.Alignments.Cast<double>()], found.Classes.Count, found.Classes.Count);
        archive.Write(path);
        ReportWriter.Write(Report(document), Path.ChangeExtension(path, ".html"));
    }

    private ReportModel Report(JsonObject document) => new()
    {
        Title = "Spectrum of a tangent kernel",
        Summary = FormattableString.Invariant($"{Size}, reduction {settings.Reduction}. {StrictJson.NameOf(found.Route)}: {found.Reason}."),
        Results =
        [
            new("variables", "Collective variables", [], [.. variables], []),
            new(
                "spectrum", "Spectrum",
                [
                    Curve("Eigenvalues", "index", "λ", [.. found.Eigenvalues.Where(l => l > KernelSpectrum.Rounding * trace)], logarithmic: true),
                    Curve("Norms of gradients, descending", "sample", "√K_ii", [.. found.Diagonal.Select(d => Math.Sqrt(Math.Max(0, d))).OrderDescending()], logarithmic: false),
                ],
                [], ["Eigenvalues below 10⁻¹⁵ of the trace are rounding and not drawn."]),
            .. found.Layers.Count == 0 ? Array.Empty<AnalysisResult>() :
            [
                new("layers", "Layers", [], [.. found.Layers.SelectMany(l => new AnalysisScalar[] { new($"trace of {l.Name}", l.Trace, ""), new($"share of {l.Name} in the trace", l.Trace / trace, ""), new($"entropy of {l.Name}", l.Entropy, "nats") })], []),
            ],
            .. found.Classes.Count == 0 ? Array.Empty<AnalysisResult>() :
            [
                new("classes", "Classes", [], [.. found.Classes.SelectMany(c => new AnalysisScalar[] { new($"entropy of {NameOf(c)}", c.Entropy, "nats"), new($"tr K/n of {NameOf(c)}", c.MeanTrace, "") })],
                    ["Entropies and alignments of pairs of classes are in the file beside this page: crossEntropies (S_ab − S_a − S_b)/2 and classAlignments."]),
            ],
        ],
        Parameters = document["settings"],
        Provenance =
        [
            new("engine", Shell.Version),
            .. new[] { "model", "data", "of", "output" }.Select(key => KeyValuePair.Create(key, (string)document[key]!)),
        ],
    };

    private static AnalysisPlot Curve(string title, string x, string y, double[] values, bool logarithmic) =>
        new(title, x, "", y, "", [new(title, [.. Enumerable.Range(1, values.Length).Select(i => (double)i)], values)])
        {
            LogarithmicX = logarithmic,
            LogarithmicY = logarithmic,
        };

    private static IEnumerable<AnalysisScalar> Variables(NetworkSpectrum found)
    {
        var trace = found.Trace;
        yield return new("entropy", found.Entropy, "nats", found.EntropyError);
        yield return new("effective entropy", found.EffectiveEntropy, "", found.EntropyError / Math.Log(Math.Max(2, found.Rows)));
        if (found.CovarianceEntropy is { } covariance)
        {
            yield return new("covariance entropy", covariance, "nats");
        }
        yield return new("self entropy", KernelMeasures.SelfEntropy(found.Diagonal), "nats");
        yield return new("magnitude variance", KernelMeasures.MagnitudeVariance(found.Diagonal), "");
        yield return new("trace", trace, "");
        yield return new("mean trace", trace / found.Rows, "");
        if (found.ParticipationRatio is { } ratio)
        {
            yield return new("participation ratio", ratio, "");
            yield return new("Rényi-2 entropy", Math.Log(ratio), "nats");
        }
        if (found.Residuals is null)
        {
            yield return new("eigenvalues above 10⁻¹⁰ of the trace", found.Eigenvalues.Count(l => l > 1e-10 * trace), "");
        }
        else
        {
            yield return new("largest residual", found.Residuals.Max(), "");
            yield return new("products with vectors", found.Products, "");
        }
    }

    private string NameOf(NetworkSpectrum.ClassPart part) =>
        part.Class < classNames.Count ? classNames[part.Class] : part.Class.ToString(CultureInfo.InvariantCulture);

    /// <summary>"mean trace" → "meanTrace".</summary>
    private static string Key(string name) => name switch
    {
        "Rényi-2 entropy" => "renyi2Entropy",
        "eigenvalues above 10⁻¹⁰ of the trace" => "rank",
        _ => string.Concat(name.Split(' ').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..])),
    };

    private static JsonArray Row(double[,] pairs, int row) => new([.. Enumerable.Range(0, pairs.GetLength(1)).Select(k => JsonOutput.Number(pairs[row, k]))]);

    private static string Share(double share) => share.ToString("0.#### %", CultureInfo.InvariantCulture);

    private static double MeanOfOthers(double[,] pairs, int row)
    {
        var count = pairs.GetLength(0);
        return count < 2 ? double.NaN : Enumerable.Range(0, count).Where(k => k != row).Average(k => pairs[row, k]);
    }
}
