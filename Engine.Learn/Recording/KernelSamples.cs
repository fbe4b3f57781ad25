using Engine.Kernels.Random;

namespace Engine.Learn.Recording;

/// <summary>Which samples kernels are of.</summary>
public static class KernelSamples
{
    /// <summary>Numbers of samples that are drawn once, ascending.</summary>
    /// <param name="all">How many there are.</param>
    /// <param name="count">How many to draw; null, or where there are fewer: all.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="source">Of which set.</param>
    public static int[] Draw(int all, int? count, ulong seed, SampleSource source) => count is { } few && few < all
        ? [.. new RandomSequence(seed, RandomStream.KernelSamples, (long)source).Permutation(all).Take(few).Order()]
        : [.. Enumerable.Range(0, all)];
}
