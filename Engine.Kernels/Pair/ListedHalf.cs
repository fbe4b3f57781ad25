namespace Engine.Kernels.Pair;

/// <summary>Half a cluster of j particles in the pruned list: where its elements stand, so that the pair loop need not compute it again every step.</summary>
/// <param name="Particles">First element among the positions.</param>
/// <param name="Forces">First element among the forces of the task.</param>
internal readonly record struct ListedHalf(int Particles, int Forces);
