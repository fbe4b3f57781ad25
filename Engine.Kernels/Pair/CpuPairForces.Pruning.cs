using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;

namespace Engine.Kernels.Pair;

// Pruning: from the clusters that the list holds to those that the next few steps need.
internal sealed unsafe partial class CpuPairForces<F, T>
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
        workers.Run(list.TaskCount, t => PruneTask(list.Tasks[t], pruned[t], F.Broadcast(radius * radius)));
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
    private void PruneTask(ListTask task, PrunedTask target, F radiusSquared)
    {
        target.Segments.Require(task.SegmentCount);
        target.Clusters.Require(task.ClusterCount + 16);
        var (segments, clusters) = (0, 0);
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
            clusters = KeepNear(i, origin, listed + k, listed + segment.End, kept, clusters, radiusSquared);
            if (clusters > first)
            {
                segment.Start = first;
                segment.End = clusters;
                target.Segments[segments++] = segment;
            }
        }
        target.SegmentCount = segments;
        target.ClusterCount = clusters;
    }

    /// <summary>Appends to <paramref name="kept"/> the clusters that are near; without a branch, because half of them are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int KeepNear(T* i, Vector256<double> origin, int* k, int* end, int* kept, int count, F radiusSquared)
    {
        var clusterOrigins = origins.Pointer;
        var particles = offsets.Pointer;
        F x0 = F.LoadBroadcast(i), y0 = F.LoadBroadcast(i + 8), z0 = F.LoadBroadcast(i + 16);
        F x1 = F.LoadBroadcast(i + 1), y1 = F.LoadBroadcast(i + 9), z1 = F.LoadBroadcast(i + 17);
        F x2 = F.LoadBroadcast(i + 2), y2 = F.LoadBroadcast(i + 10), z2 = F.LoadBroadcast(i + 18);
        F x3 = F.LoadBroadcast(i + 3), y3 = F.LoadBroadcast(i + 11), z3 = F.LoadBroadcast(i + 19);
        for (; k < end; k++)
        {
            var j = *k;
            var separation = clusterOrigins[j] - origin;
            var r = particles + 24 * j;
            var x = F.Load(r) + F.Broadcast(separation[0]);
            var y = F.Load(r + 8) + F.Broadcast(separation[1]);
            var z = F.Load(r + 16) + F.Broadcast(separation[2]);
            var nearest = F.SmallerOf(
                F.SmallerOf(Squared(x - x0, y - y0, z - z0), Squared(x - x1, y - y1, z - z1)),
                F.SmallerOf(Squared(x - x2, y - y2, z - z2), Squared(x - x3, y - y3, z - z3)));
            kept[count] = j;
            count += F.LessMask(nearest, radiusSquared) != 0 ? 1 : 0;
        }
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Squared(F dx, F dy, F dz) => F.MultiplyAdd(dx, dx, F.MultiplyAdd(dy, dy, dz * dz));

    /// <summary>What is left of a <see cref="ListTask"/>.</summary>
    private sealed class PrunedTask
    {
        public AlignedBuffer<ListSegment> Segments { get; } = new();

        public int SegmentCount { get; set; }

        public AlignedBuffer<int> Clusters { get; } = new();

        public int ClusterCount { get; set; }
    }
}
