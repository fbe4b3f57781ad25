using System.Text.Json.Serialization;

namespace Engine.Core.Potentials.Terms;

/// <summary>D₀, α, r₀ of one pair.</summary>
/// <param name="Depth">Key "D0" [energy].</param>
/// <param name="Alpha">[1/length]</param>
/// <param name="EquilibriumDistance">Key "r0" [length].</param>
public sealed record MorseParameters(
    [property: JsonPropertyName("D0")] double Depth,
    double Alpha,
    [property: JsonPropertyName("r0")] double EquilibriumDistance);
