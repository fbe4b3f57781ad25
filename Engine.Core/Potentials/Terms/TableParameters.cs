using System.Text.Json.Serialization;

namespace Engine.Core.Potentials.Terms;

/// <summary>A numerical potential of one pair: columns in the document, or the file that holds them.</summary>
public sealed record TableParameters
{
    /// <summary>Path of a text file with the columns r, U and, if there are three, F = −dU/dr; lines that begin with # are skipped.</summary>
    public string? File { get; init; }

    /// <summary>Distances, rising [length].</summary>
    [JsonPropertyName("r")]
    public IReadOnlyList<double>? Distances { get; init; }

    /// <summary>U at the distances [energy].</summary>
    public IReadOnlyList<double>? Energy { get; init; }

    /// <summary>−dU/dr at the distances [energy/length]; absent: from a spline through the energies.</summary>
    public IReadOnlyList<double>? Force { get; init; }
}
