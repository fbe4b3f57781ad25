namespace Engine.Core.Observables;

/// <summary>How partial radial distribution functions are measured. Lengths in the run's length unit.</summary>
public sealed record RadialDistributionSettings
{
    /// <summary>Largest distance [length], at most half of the smallest periodic width; null: exactly that half, of the first frame.</summary>
    public double? Maximum { get; init; }

    /// <summary>Number of equal bins on [0, <see cref="Maximum"/>].</summary>
    public int Bins { get; init; } = 400;

    /// <summary>
    /// Radii [length] at which coordination numbers are reported besides the first minimum, by pair "Hf-O": the mean number of O around an Hf
    /// within that distance. "O-Hf" asks for the other direction.
    /// </summary>
    public IReadOnlyDictionary<string, double>? FixedRadii { get; init; }

    /// <summary>
    /// Standard deviation, as a fraction of the first-peak position, of the Gaussian that g(r) is smoothed with before peak and minimum are sought.
    /// </summary>
    public double Smoothing { get; init; } = 0.02;
}
