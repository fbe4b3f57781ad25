namespace Engine.Kernels.Pair;

/// <summary>The largest distance that any particle has moved [length]; NaN where a position is not a number.</summary>
/// <param name="SinceBuilt">Since the list was built.</param>
/// <param name="SincePruned">Since it was last pruned.</param>
public readonly record struct Displacement(double SinceBuilt, double SincePruned);
