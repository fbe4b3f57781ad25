using System.Text.Json.Serialization;

namespace Engine.Core.Potentials.Terms;

/// <summary>A, ρ, C of one pair.</summary>
/// <param name="A">[energy]</param>
/// <param name="Rho">[length]</param>
/// <param name="C">[energy·length⁶]</param>
public sealed record BuckinghamParameters(
    [property: JsonPropertyName("A")] double A, double Rho, [property: JsonPropertyName("C")] double C = 0);
