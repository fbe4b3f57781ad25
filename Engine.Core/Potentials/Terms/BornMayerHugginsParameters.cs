using System.Text.Json.Serialization;

namespace Engine.Core.Potentials.Terms;

/// <summary>A, ρ, σ, C, D of one pair.</summary>
/// <param name="A">[energy]</param>
/// <param name="Rho">[length]</param>
/// <param name="Sigma">[length]</param>
/// <param name="C">[energy·length⁶]</param>
/// <param name="D">[energy·length⁸], added with a plus sign.</param>
public sealed record BornMayerHugginsParameters(
    [property: JsonPropertyName("A")] double A,
    double Rho,
    double Sigma = 0,
    [property: JsonPropertyName("C")] double C = 0,
    [property: JsonPropertyName("D")] double D = 0);
