namespace Engine.Core.Particles;

/// <summary>Which pairs of particles are counted.</summary>
/// <param name="Maximum">Largest distance [length]; null for half of the smallest width of the box when the first are counted.</param>
/// <param name="Bins">Bins of equal width.</param>
public readonly record struct PairRange(double? Maximum, int Bins);
