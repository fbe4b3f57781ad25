using System.Runtime.CompilerServices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;

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
        workers.Run(list.TaskCount, t => PruneTask(list.Tasks[t], list.ClusterCount, pruned[t], radius));
        PrunedPairs = 0;
        for (var t = 0; t < list.TaskCount; t++)
        {
            PrunedPairs += pruned[t].HalfCount / 2;
        }
        workers.Stream(list.ClusterCount, SlotBlocks.Clusters, (start, end) =>
        {
            for (var c = start; c < end; c++)
            {
                var first = particles.Pointer + 2 * HalfCluster<F, T>.Length * c;
                for (var axis = 0; axis < 3; axis++)
                {
                    F.StoreFloats(prunedOffsets.Pointer + 24 * c + 8 * axis, F.LoadLanes(first + 4 * axis, first + HalfCluster<F, T>.Length + 4 * axis));
                }
            }
        });
    }

    /// <summary>Keeps the pairs of half clusters of which two particles are closer than the radius.</summary>
    private void PruneTask(ListTask task, int clusterCount, PrunedTask target, double radius)
    {
        target.Segments.Require(task.SegmentCount);
        target.Halves.Require(2 * (task.ClusterCount + task.SegmentCount + 1) + ListedHalf.Ahead);
        var segments = 0;
        var kept = target.Halves.Pointer;
        var next = kept;
        for (var s = 0; s < task.SegmentCount; s++)
        {
            var segment = task.Segments[s];
            var first = next;
            var k = task.Clusters.Pointer + segment.Start;
            if (segment.FirstMask != PairMask.All)
            {
                // A masked cluster must stay the first of its segment, and whole.
                *next = ListedHalf.Of(*k++, task.FirstCluster, clusterCount);
                next[1] = next->Second;
                next += 2;
            }
            next = KeepNear(in segment, k, task.Clusters.Pointer + segment.End, task.FirstCluster, clusterCount, next, radius);
            if ((next - first) % 2 != 0)
            {
                // Twice the same: it stands alone.
                *next = next[-1];
                next++;
            }
            if (next > first)
            {
                segment.Start = (int)(first - kept);
                segment.End = (int)(next - kept);
                target.Segments[segments++] = segment;
            }
        }
        // The pair loop looks one pair past the last; what stands beyond it is asked for and not read.
        (next[0], next[1]) = (default, default);
        target.SegmentCount = segments;
        target.HalfCount = (int)(next - kept);
    }

    /// <summary>
    /// Writes to <paramref name="next"/> the halves that are near, and returns where they end; without a branch, because half of them are. Here each four lanes are an i particle, or two of
    /// them where registers are narrow, and meet the four j particles of one half: of those, the four as they stand in memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ListedHalf* KeepNear(ref readonly ListSegment segment, int* k, int* end, int firstCluster, int clusterCount, ListedHalf* next, double radius)
    {
        var radiusSquared = R.Broadcast(radius * radius);
        var start = particles.Pointer;
        var half = start + HalfCluster<R, T>.Length * segment.Half;
        var rest = shiftRests.Pointer + HalfCluster<R, T>.Length * segment.Shift;
        var origin = HalfCluster<R, T>.ShiftedOrigin(half, gridShifts.Pointer + HalfCluster<R, T>.Length * segment.Shift);
        R restX = R.LoadBroadcast(rest), restY = R.LoadBroadcast(rest + 4), restZ = R.LoadBroadcast(rest + 8);
        R x0 = R.LoadEachFour(half) + restX, y0 = R.LoadEachFour(half + 4) + restY, z0 = R.LoadEachFour(half + 8) + restZ;
        R x1 = R.Zero, y1 = R.Zero, z1 = R.Zero;
        if (R.Rows == 1)
        {
            (x1, y1, z1) = (R.LoadEachFour(half + 2) + restX, R.LoadEachFour(half + 6) + restY, R.LoadEachFour(half + 10) + restZ);
        }
        for (; k < end; k++)
        {
            var listed = ListedHalf.Of(*k, firstCluster, clusterCount);
            var first = start + listed.Particles;
            var second = first + HalfCluster<R, T>.Length;
            R.SpreadFours(R.LoadFours(first + HalfCluster<R, T>.Origin) - origin, out var fromX, out var fromY, out var fromZ);
            R x = x0 - fromX, y = y0 - fromY, z = z0 - fromZ;
            R nearFirst = Squared(first, x, y, z), nearSecond = Squared(second, x, y, z);
            if (R.Rows == 1)
            {
                (x, y, z) = (x1 - fromX, y1 - fromY, z1 - fromZ);
                nearFirst = R.SmallerOf(nearFirst, Squared(first, x, y, z));
                nearSecond = R.SmallerOf(nearSecond, Squared(second, x, y, z));
            }
            *next = listed;
            next += R.CountIfAnyLess(nearFirst, radiusSquared);
            *next = listed.Second;
            next += R.CountIfAnyLess(nearSecond, radiusSquared);
        }
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R Squared(T* half, R x, R y, R z)
    {
        R dx = R.LoadFours(half) - x, dy = R.LoadFours(half + 4) - y, dz = R.LoadFours(half + 8) - z;
        return R.MultiplyAdd(dx, dx, R.MultiplyAdd(dy, dy, dz * dz));
    }

    /// <summary>What is left of a <see cref="ListTask"/>.</summary>
    private sealed class PrunedTask
    {
        public AlignedBuffer<ListSegment> Segments { get; } = new();

        public int SegmentCount { get; set; }

        /// <summary>Two at a time; twice the same counts once.</summary>
        public AlignedBuffer<ListedHalf> Halves { get; } = new();

        public int HalfCount { get; set; }
    }
}
