using System.Runtime.CompilerServices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;

namespace Engine.Kernels.Pair;

// Pruning: from the clusters that the list holds to those that the next few steps need.
internal sealed unsafe partial class CpuPairForces<F, R, T>
{
    public override void Prune(ClusterList list, Box box, double radius)
    {
        SetShifts(list, box);
        prunedBox = box;
        if (pruned.Length < list.TaskCount)
        {
            var old = pruned;
            pruned = new PrunedTask[list.TaskCount];
            old.CopyTo(pruned, 0);
            for (var t = old.Length; t < pruned.Length; t++)
            {
                pruned[t] = new PrunedTask();
            }
        }
        workers.Run(list.TaskCount, t => PruneTask(list.Tasks[t], pruned[t], R.Broadcast(radius * radius)));
        PrunedPairs = 0;
        for (var t = 0; t < list.TaskCount; t++)
        {
            PrunedPairs += pruned[t].ClusterCount;
        }
        workers.For(24 * list.ClusterCount, 24 * ClustersPerBlock, (start, end) =>
        {
            for (var k = start; k < end; k++)
            {
                prunedOffsets[k] = (float)F.Widen(offsets[k]);
            }
        });
    }

    /// <summary>Keeps the cluster pairs of which two particles are closer than the radius.</summary>
    private void PruneTask(ListTask task, PrunedTask target, R radiusSquared)
    {
        target.Segments.Require(task.SegmentCount);
        target.Clusters.Require(task.ClusterCount + 1);
        var (segments, clusters) = (0, 0);
        var room = stackalloc T[HalfCluster<R, T>.RowsLength + 4 + 64 / sizeof(T)];
        var rows = (T*)(((nint)room + 63) & ~63);
        var origin = rows + HalfCluster<R, T>.RowsLength;
        var listed = task.Clusters.Pointer;
        var kept = target.Clusters.Pointer;
        for (var s = 0; s < task.SegmentCount; s++)
        {
            var segment = task.Segments[s];
            HalfCluster<R, T>.Spread(
                offsets.Pointer, origins.Pointer, gridShifts.Pointer + 4 * segment.Shift, shiftRests.Pointer + 4 * segment.Shift, segment.Half, rows, origin);
            var first = clusters;
            var k = segment.Start;
            if (segment.FirstMask != PairMask.All)
            {
                // A masked cluster must stay the first of its segment.
                kept[clusters++] = listed[k++];
            }
            clusters = KeepNear(rows, origin, listed + k, listed + segment.End, kept, clusters, radiusSquared);
            if (clusters > first)
            {
                segment.Start = first;
                segment.End = clusters;
                target.Segments[segments++] = segment;
            }
        }
        // The pair loop looks one cluster ahead.
        kept[clusters] = 0;
        target.SegmentCount = segments;
        target.ClusterCount = clusters;
    }

    /// <summary>Appends to <paramref name="kept"/> the clusters that are near; without a branch, because half of them are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int KeepNear(T* rows, T* origin, int* k, int* end, int* kept, int count, R radiusSquared)
    {
        var clusterOrigins = origins.Pointer;
        var particles = offsets.Pointer;
        var stride = HalfCluster<R, T>.Stride;
        for (; k < end; k++)
        {
            HalfCluster<R, T>.Place(particles, clusterOrigins, *k, origin, out var x, out var y, out var z);
            var nearest = R.SmallerOf(Squared(rows, x, y, z), Squared(rows + stride, x, y, z));
            if (R.Rows == 1)
            {
                nearest = R.SmallerOf(nearest, R.SmallerOf(Squared(rows + 2 * stride, x, y, z), Squared(rows + 3 * stride, x, y, z)));
            }
            kept[count] = *k;
            count += R.CountIfAnyLess(nearest, radiusSquared);
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R Squared(T* rows, R x, R y, R z)
    {
        HalfCluster<R, T>.Displace(rows, x, y, z, out var dx, out var dy, out var dz);
        return R.MultiplyAdd(dx, dx, R.MultiplyAdd(dy, dy, dz * dz));
    }

    /// <summary>What is left of a <see cref="ListTask"/>.</summary>
    private sealed class PrunedTask
    {
        public AlignedBuffer<ListSegment> Segments { get; } = new();

        public int SegmentCount { get; set; }

        public AlignedBuffer<int> Clusters { get; } = new();

        public int ClusterCount { get; set; }
    }
}
