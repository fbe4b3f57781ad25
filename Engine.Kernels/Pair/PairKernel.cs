using System.Runtime.Intrinsics;
using Engine.Kernels.Neighbours;

namespace Engine.Kernels.Pair;

/// <summary>What a pair kernel reads and writes while it works through one <see cref="ListTask"/>; borrowed, valid for one force evaluation.</summary>
internal unsafe struct ClusterWork<T>
    where T : unmanaged
{
    /// <summary>Positions, per half cluster as <see cref="HalfCluster{R, T}"/> has them.</summary>
    public T* Particles;

    /// <summary>The j particles, two halves at a time; twice the same counts once. One pair more follows the last segment, and room for <see cref="ListedHalf.Ahead"/> halves.</summary>
    public ListedHalf* Halves;

    /// <summary>Forces of this task, per half cluster x₄ y₄ z₄ and four vacant elements, cyclic from <see cref="FirstCluster"/>.</summary>
    public T* Forces;

    public int FirstCluster;

    /// <summary>Index of the shift that is none.</summary>
    public int ZeroShift;

    /// <summary>Minus the forces on i particles seen through each shift, per shift x₄ y₄ z₄: with the lattice vectors, and Σ r ⊗ F over particles, they make the virial.</summary>
    public Vector256<double>* ShiftForces;

    /// <summary>Each shift in two parts, in the form of half a cluster: a point of the grid, and what is left.</summary>
    public T* GridShifts;

    public T* ShiftRests;

    /// <summary>The tables of <see cref="PairMask"/>, added to r².</summary>
    public T* Masks;

    /// <summary>Species of each cluster.</summary>
    public int* ClusterSpecies;

    /// <summary>None is empty, and each has an even number of halves.</summary>
    public ListSegment* Segments;

    public int SegmentCount;

    public double Energy;

    /// <summary>Smallest squared distance found by an evaluation with energy, or the largest cutoff.</summary>
    public double ClosestSquared;
}

/// <summary>Evaluates the fused pair terms of one pair of species over the list segments of a task.</summary>
internal abstract class PairKernel<T>
    where T : unmanaged
{
    public abstract double Cutoff { get; }

    /// <summary>Refuses a potential whose numbers do not fit the precision, as those in SI units do not fit a float.</summary>
    /// <exception cref="Engine.Kernels.Errors.InputException">They do not.</exception>
    public abstract void RequireRange();

    /// <summary>Adds the forces of all pairs between i particles of <paramref name="speciesI"/> and j particles of <paramref name="speciesJ"/>.</summary>
    public abstract void AddForces(ref ClusterWork<T> work, int speciesI, int speciesJ);

    public abstract void AddForcesAndEnergy(ref ClusterWork<T> work, int speciesI, int speciesJ);
}
