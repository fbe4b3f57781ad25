using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
        var separation = stackalloc T[4];
        var listed = task.Clusters.Pointer;
        var kept = target.Clusters.Pointer;
        for (var s = 0; s < task.SegmentCount; s++)
        {
            var segment = task.Segments[s];
            var i = offsets.Pointer + 24 * (segment.Half / 2) + 4 * (segment.Half & 1);
            var shift = shifts[segment.Shift];
            var origin = origins[segment.Half / 2] + Vector256.Create(shift.X, shift.Y, shift.Z, 0);
            var first = clusters;
            var k = segment.Start;
            if (segment.FirstMask != PairMask.All)
            {
                // A masked cluster must stay the first of its segment.
                kept[clusters++] = listed[k++];
            }
            clusters = KeepNear(i, origin, separation, listed + k, listed + segment.End, kept, clusters, radiusSquared);
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
    private int KeepNear(T* i, Vector256<double> origin, T* separation, int* k, int* end, int* kept, int count, R radiusSquared)
    {
        var clusterOrigins = origins.Pointer;
        var particles = offsets.Pointer;
        var next = i + R.Rows;
        R x0 = R.LoadRows(i), y0 = R.LoadRows(i + 8), z0 = R.LoadRows(i + 16);
        R x1 = R.LoadRows(next), y1 = R.LoadRows(next + 8), z1 = R.LoadRows(next + 16);
        R x2 = R.LoadRows(i + 2), y2 = R.LoadRows(i + 10), z2 = R.LoadRows(i + 18);
        R x3 = R.LoadRows(i + 3), y3 = R.LoadRows(i + 11), z3 = R.LoadRows(i + 19);
        for (; k < end; k++)
        {
            var j = *k;
            R.StoreFour(clusterOrigins[j] - origin, separation);
            var r = particles + 24 * j;
            var x = R.LoadLanes(r) + R.LoadBroadcast(separation);
            var y = R.LoadLanes(r + 8) + R.LoadBroadcast(separation + 1);
            var z = R.LoadLanes(r + 16) + R.LoadBroadcast(separation + 2);
            var nearest = R.SmallerOf(Squared(x - x0, y - y0, z - z0), Squared(x - x1, y - y1, z - z1));
            if (R.Rows == 1)
            {
                nearest = R.SmallerOf(nearest, R.SmallerOf(Squared(x - x2, y - y2, z - z2), Squared(x - x3, y - y3, z - z3)));
            }
            kept[count] = j;
            count += R.CountIfAnyLess(nearest, radiusSquared);
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R Squared(R dx, R dy, R dz) => R.MultiplyAdd(dx, dx, R.MultiplyAdd(dy, dy, dz * dz));

    /// <summary>What is left of a <see cref="ListTask"/>.</summary>
    private sealed class PrunedTask
    {
        public AlignedBuffer<ListSegment> Segments { get; } = new();

        public int SegmentCount { get; set; }

        public AlignedBuffer<int> Clusters { get; } = new();

        public int ClusterCount { get; set; }
    }
}
