using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Core.Analysis;

/// <summary>What one analysis found: plots, numbers, and what a reader must know to judge them. Reports and files treat all kinds alike.</summary>
/// <param name="Name">Identifier, "radialDistribution".</param>
/// <param name="Title">Heading, "Radial distribution".</param>
/// <param name="Plots">Curves by plot.</param>
/// <param name="Scalars">Single numbers.</param>
/// <param name="Notes">How it was measured and where to be careful, one sentence each.</param>
public sealed record AnalysisResult(
    string Name, string Title, IReadOnlyList<AnalysisPlot> Plots, IReadOnlyList<AnalysisScalar> Scalars, IReadOnlyList<string> Notes)
{
    /// <summary>Camel-case names; numbers that are not finite become the strings "NaN", "Infinity", "-Infinity".</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToJson() => JsonSerializer.Serialize(this, JsonOptions);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static AnalysisResult FromJson(string json) =>
        JsonSerializer.Deserialize<AnalysisResult>(json, JsonOptions) ?? throw new JsonException("an analysis result is a JSON object, found null");

    /// <summary>The number called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public AnalysisScalar Scalar(string name) =>
        Scalars.FirstOrDefault(s => s.Name == name)
        ?? throw new KeyNotFoundException($"{Name} has no number '{name}'; it has {string.Join(", ", Scalars.Select(s => s.Name))}");

    /// <summary>The curve <paramref name="name"/> of the first plot whose ordinate is labelled <paramref name="ordinate"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public AnalysisCurve Curve(string ordinate, string name) =>
        Plots.Where(p => p.YLabel == ordinate).SelectMany(p => p.Curves).FirstOrDefault(c => c.Name == name)
        ?? throw new KeyNotFoundException(
            $"{Name} has no curve '{ordinate}: {name}'; it has {string.Join(", ", Plots.SelectMany(p => p.Curves.Select(c => $"{p.YLabel}: {c.Name}")))}");
}
