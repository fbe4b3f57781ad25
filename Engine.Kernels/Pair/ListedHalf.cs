using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>Half a cluster of j particles in the pruned list: where its elements stand, so that the pair loop need not compute it again every step.</summary>
/// <param name="Particles">First element among the positions.</param>
/// <param name="Forces">First element among the forces of the task.</param>
internal readonly record struct ListedHalf(int Particles, int Forces)
{
    /// <summary>So many halves ahead the pair loop asks for what it will need; past the end of a list stand any.</summary>
    public const int Ahead = 16;

    /// <summary>Elements of a half, the same in registers of all kinds.</summary>
    private const int Length = HalfCluster<Vector8, float>.Length;

    /// <summary>The other half of the cluster of which this is the first.</summary>
    public ListedHalf Second => new(Particles + Length, Forces + Length);

    /// <summary>The first half of a cluster, in a task whose forces begin at <paramref name="firstCluster"/>, cyclic among <paramref name="clusterCount"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ListedHalf Of(int cluster, int firstCluster, int clusterCount)
    {
        var local = cluster - firstCluster;
        local += (local >> 31) & clusterCount;
        return new(2 * Length * cluster, 2 * Length * local);
    }
}
