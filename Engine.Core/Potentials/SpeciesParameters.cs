namespace Engine.Core.Potentials;

/// <summary>What a potential file says about one species.</summary>
/// <param name="Mass">[mass]; absent: the structure file must give it.</param>
/// <param name="Charge">[charge]</param>
public sealed record SpeciesParameters(double? Mass = null, double Charge = 0);
