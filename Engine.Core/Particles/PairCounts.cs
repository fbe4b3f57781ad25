namespace Engine.Core.Particles;

/// <summary>Pairs of the particles of a frame by species and distance.</summary>
/// <param name="Maximum">Largest distance [length].</param>
/// <param name="Bins">Bins of equal width.</param>
/// <param name="Counts">Pairs of species (a, b), a ≤ b, at (a · species + b) · bins + bin.</param>
public sealed record PairCounts(double Maximum, int Bins, long[] Counts);
