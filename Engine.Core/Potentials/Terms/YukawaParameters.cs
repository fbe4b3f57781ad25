using System.Text.Json.Serialization;

namespace Engine.Core.Potentials.Terms;

/// <summary>A and κ of one pair.</summary>
/// <param name="A">[energy·length]</param>
/// <param name="Kappa">[1/length]</param>
public sealed record YukawaParameters([property: JsonPropertyName("A")] double A, double Kappa);
