using System.Text.Json.Nodes;
using Engine.Core.Analysis;

namespace Engine.Cli.Report;

/// <summary>Everything that a report shows. Nothing in it depends on how the run was made.</summary>
internal sealed record ReportModel
{
    public required string Title { get; init; }

    /// <summary>One or two sentences: what ran, on what, how long it took.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The most telling numbers, shown large: atoms, steps, speed, final density.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Highlights { get; init; } = [];

    /// <summary>What a reader must know before believing anything below.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<ReportStage> Stages { get; init; } = [];

    /// <summary>Sampled quantities of the run, or null.</summary>
    public ReportTimeSeries? TimeSeries { get; init; }

    public IReadOnlyList<AnalysisResult> Results { get; init; } = [];

    /// <summary>The input as it was run, defaults included.</summary>
    public JsonNode? Parameters { get; init; }

    /// <summary>Identities, versions, seed, machine.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Provenance { get; init; } = [];
}
