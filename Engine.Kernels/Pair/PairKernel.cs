using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;

namespace Engine.Kernels.Pair;

/// <summary>What a pair kernel reads and writes while it works through one <see cref="ListTask"/>; borrowed, valid for one force evaluation.</summary>
internal unsafe struct ClusterWork<T>
    where T : unmanaged
{
    /// <summary>Positions relative to <see cref="Origins"/>: per cluster x8 y8 z8.</summary>
    public T* Offsets;

    public Vector256<double>* Origins;

    public int* Clusters;

    /// <summary>Forces of this task, per cluster x8 y8 z8, cyclic from <see cref="FirstCluster"/>.</summary>
    public T* Forces;

    public int FirstCluster;

    /// <summary>Clusters in the system.</summary>
    public int ClusterCount;

    public Vector3d* Shifts;

    /// <summary>
    /// [8 × 8]: added to r² on the diagonal so that of i and j in the same cluster each pair counts once; 0 where j stands after i, far beyond any
    /// cutoff elsewhere.
    /// </summary>
    public T* DiagonalMask;

    /// <summary>Σ over segments of shift ⊗ force on i: with Σ r ⊗ F over particles this completes the virial.</summary>
    public SymmetricTensor ShiftVirial;

    public double Energy;
}

/// <summary>Evaluates the fused pair terms of one pair of species over list segments.</summary>
internal abstract class PairKernel<T>
    where T : unmanaged
{
    public abstract double Cutoff { get; }

    public abstract void AddForces(ref ClusterWork<T> work, in ListSegment segment);

    public abstract void AddForcesAndEnergy(ref ClusterWork<T> work, in ListSegment segment);
}
