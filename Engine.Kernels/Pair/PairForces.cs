using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Pair;

/// <summary>
/// Pair forces over a <see cref="ClusterList"/>: keeps the particles' positions in the layout of the kernels, runs the tasks of the list, and adds
/// their force buffers up in task order, in double. The same bits for any number of threads.
/// </summary>
public abstract class PairForces : IDisposable
{
    /// <summary>
    /// Forces over the fused potentials of each pair of species: boxed <see cref="IPairPotential{TSelf}"/> structs, [species, species], symmetric;
    /// null where two species do not interact.
    /// </summary>
    /// <param name="singlePrecision">Pairs in float (sums over tasks, energies and virials in double), or everything in double.</param>
    public static PairForces Create(object?[,] potentials, bool singlePrecision, Workers workers) =>
        Create(potentials, singlePrecision, Vector16.IsHardwareAccelerated, workers);

    /// <param name="wide">Whether to use registers of 512 bits.</param>
    internal static PairForces Create(object?[,] potentials, bool singlePrecision, bool wide, Workers workers) => (singlePrecision, wide) switch
    {
        (true, true) => new CpuPairForces<Vector8, Vector16, float>(potentials, workers),
        (true, false) => new CpuPairForces<Vector8, Vector8, float>(potentials, workers),
        (false, true) => new CpuPairForces<Vector8DoubleWide, Vector8DoubleWide, double>(potentials, workers),
        (false, false) => new CpuPairForces<Vector8Double, Vector8Double, double>(potentials, workers),
    };

    /// <summary>Largest cutoff of any pair of species [length]; 0 where nothing interacts.</summary>
    public double LargestCutoff { get; protected init; }

    /// <summary>Entries (4 × 8 particles: one half cluster and two others) left by the last <see cref="Prune"/>.</summary>
    public long PrunedPairs { get; protected set; }

    /// <summary>
    /// Takes over the present positions and returns how far particles have moved since the list was built and since it was pruned; when the box was
    /// deformed since then, relative to the equally deformed reference.
    /// </summary>
    public abstract Displacement Update(ClusterList list, double[] x, double[] y, double[] z, Box box);

    /// <summary>
    /// Drops for now, of the listed clusters, the halves without a particle closer than <paramref name="radius"/> to one of the half cluster they are listed for. What is dropped
    /// would contribute exact zeros; but two halves are evaluated side by side, so what is left decides in which order a particle's forces are added up.
    /// </summary>
    public abstract void Prune(ClusterList list, Box box, double radius);

    /// <summary>Overwrites the forces of every slot.</summary>
    public abstract PairSums Compute(
        ClusterList list, double[] x, double[] y, double[] z, double[] fx, double[] fy, double[] fz, Box box, bool energy);

    /// <summary>Bytes of the kernels' own buffers.</summary>
    public abstract long Bytes { get; }

    public abstract void Dispose();
}
