namespace Engine.Core.Observables;

/// <summary>How bond-angle distributions are measured: angles a–centre–b over all pairs of neighbours within the cutoffs.</summary>
public sealed record AngleDistributionSettings
{
    /// <summary>
    /// Bond lengths [length] by pair, "Hf-O": pairs that are not listed form no bonds. Null: every pair bonds up to the first minimum of its
    /// g(r) in the first frames, as many as have 20 000 positions (the values used are reported).
    /// </summary>
    public IReadOnlyDictionary<string, double>? Cutoffs { get; init; }

    /// <summary>Number of equal bins on [0°, 180°].</summary>
    public int Bins { get; init; } = 180;

    /// <summary>
    /// True: P(θ)/sin θ, flat for uncorrelated directions; false: the plain probability density. Both are normalised to ∫ dθ = 1 (θ in degrees).
    /// </summary>
    public bool SineNormalised { get; init; }
}
