using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Pair;

/// <inheritdoc/>
internal sealed unsafe partial class CpuPairForces<F, R, T> : PairForces
    where F : struct, ILanes<F, T>
    where R : struct, IRows<R, T>
    where T : unmanaged
{
    private readonly Workers workers;
    private readonly PairKernel<T>?[,] kernels;
    private readonly AlignedBuffer<T> particles = new();
    private readonly AlignedBuffer<Vector3d> shifts = new();
    private readonly AlignedBuffer<T> gridShifts = new();
    private readonly AlignedBuffer<T> shiftRests = new();
    private readonly AlignedBuffer<T> masks = new(PairMask.Count * PairMask.Elements);
    private readonly AlignedBuffer<float> prunedOffsets = new();
    private PrunedTask[] pruned = [];
    private Box prunedBox;
    private AlignedBuffer<T>[] forces = [];
    private AlignedBuffer<Vector256<double>>[] shiftSums = [];
    private double[] blockBuilt = [];
    private double[] blockPruned = [];
    private SymmetricTensor[] blockVirial = [];
    private SymmetricTensor[] taskVirial = [];
    private double[] taskEnergy = [];
    private double[] taskClosest = [];

    public CpuPairForces(object?[,] potentials, Workers workers)
    {
        this.workers = workers;
        var species = potentials.GetLength(0);
        kernels = new PairKernel<T>?[species, species];
        for (var a = 0; a < species; a++)
        {
            for (var b = 0; b < species; b++)
            {
                if (potentials[a, b] is { } potential)
                {
                    var type = typeof(CpuPairKernel<,,,>).MakeGenericType(potential.GetType(), typeof(F), typeof(R), typeof(T));
                    kernels[a, b] = (PairKernel<T>)Activator.CreateInstance(type, potential)!;
                    kernels[a, b]!.RequireRange();
                    LargestCutoff = Math.Max(LargestCutoff, kernels[a, b]!.Cutoff);
                }
            }
        }
        for (var m = 0; m < PairMask.Count * PairMask.Elements; m++)
        {
            masks[m] = F.Round(PairMask.Value(m / PairMask.Elements, m % PairMask.Elements / 8, m % 8));
        }
    }

    public override long Bytes =>
        sizeof(T) * (long)particles.Capacity + 4L * prunedOffsets.Capacity + forces.Sum(f => sizeof(T) * (long)f.Capacity);

    public override Displacement Update(ClusterList list, double[] x, double[] y, double[] z, Box box)
    {
        var clusters = list.ClusterCount;
        particles.Require(2 * HalfCluster<F, T>.Length * clusters);
        prunedOffsets.Require(24 * clusters);
        var sinceBuilt = AffineMap.Between(list.BuiltBox, box);
        var sincePruned = AffineMap.Between(prunedBox, box);
        var blocks = (clusters + SlotBlocks.Clusters - 1) / SlotBlocks.Clusters;
        if (blockBuilt.Length < blocks)
        {
            blockBuilt = new double[blocks + blocks / 8];
            blockPruned = new double[blockBuilt.Length];
        }
        fixed (double* px = x, py = y, pz = z)
        {
            var (qx, qy, qz) = ((nint)px, (nint)py, (nint)pz);
            workers.Stream(blocks, b =>
            {
                var end = Math.Min(clusters, (b + 1) * SlotBlocks.Clusters);
                (blockBuilt[b], blockPruned[b]) = UpdateBlock(
                    list, b * SlotBlocks.Clusters, end, (double*)qx, (double*)qy, (double*)qz, sinceBuilt, sincePruned);
            });
        }
        // Where the box is deformed, origins move to other points of the grid than their references.
        var step = list.OriginGrid.Step;
        return new(
            Math.Sqrt(Largest(blockBuilt, blocks)) + (sinceBuilt.IsIdentity ? 0 : step),
            Math.Sqrt(Largest(blockPruned, blocks)) + (sincePruned.IsIdentity ? 0 : step));
    }

    public override PairSums Compute(
        ClusterList list, double[] x, double[] y, double[] z, double[] fx, double[] fy, double[] fz, Box box, bool energy)
    {
        Prepare(list, box);
        workers.Run(list.TaskCount, t => RunTask(list, t, energy));

        var clusters = list.ClusterCount;
        var blocks = (clusters + SlotBlocks.Clusters - 1) / SlotBlocks.Clusters;
        if (blockVirial.Length < blocks)
        {
            blockVirial = new SymmetricTensor[blocks + blocks / 8];
        }
        workers.Stream(blocks, b =>
        {
            var end = Math.Min(clusters, (b + 1) * SlotBlocks.Clusters);
            blockVirial[b] = Reduce(list, b * SlotBlocks.Clusters, end, x, y, z, fx, fy, fz);
        });
        var virial = SymmetricTensor.Zero;
        for (var b = 0; b < blocks; b++)
        {
            virial += blockVirial[b];
        }
        var sum = 0.0;
        var closest = double.PositiveInfinity;
        for (var t = 0; t < list.TaskCount; t++)
        {
            virial += taskVirial[t];
            sum += taskEnergy[t];
            closest = Math.Min(closest, taskClosest[t]);
        }
        return new(sum, virial, energy && closest < LargestCutoff * LargestCutoff ? closest : double.PositiveInfinity);
    }

    public override void Dispose()
    {
        particles.Dispose();
        prunedOffsets.Dispose();
        shifts.Dispose();
        gridShifts.Dispose();
        shiftRests.Dispose();
        masks.Dispose();
        foreach (var buffer in forces)
        {
            buffer.Dispose();
        }
        foreach (var buffer in shiftSums)
        {
            buffer.Dispose();
        }
    }

    private static double Largest(double[] values, int count)
    {
        var largest = 0.0;
        for (var b = 0; b < count; b++)
        {
            // NaN must win: it stands for a particle that has left every bound.
            largest = values[b] > largest || double.IsNaN(values[b]) ? values[b] : largest;
        }
        return largest;
    }

    private void SetShifts(ClusterList list, Box box)
    {
        shifts.Require(list.ShiftCount);
        gridShifts.Require(HalfCluster<F, T>.Length * list.ShiftCount);
        shiftRests.Require(HalfCluster<F, T>.Length * list.ShiftCount);
        for (var s = 0; s < list.ShiftCount; s++)
        {
            shifts[s] = list.ShiftVector(s, box);
            var shift = Vector256.Create(shifts[s].X, shifts[s].Y, shifts[s].Z, 0);
            var onGrid = list.OriginGrid.Round(shift);
            StoreAsHalf(onGrid, gridShifts.Pointer + HalfCluster<F, T>.Length * s);
            StoreAsHalf(shift - onGrid, shiftRests.Pointer + HalfCluster<F, T>.Length * s);
        }
    }

    /// <summary>Each coordinate four times, then once, as <see cref="HalfCluster{R, T}"/> has it.</summary>
    private static void StoreAsHalf(Vector256<double> vector, T* destination)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            F.StoreFour(Vector256.Create(vector[axis]), destination + 4 * axis);
        }
        F.StoreFour(vector, destination + HalfCluster<F, T>.Origin);
    }

    private void Prepare(ClusterList list, Box box)
    {
        SetShifts(list, box);
        if (forces.Length < list.TaskCount)
        {
            var old = forces.Length;
            Array.Resize(ref forces, list.TaskCount);
            Array.Resize(ref shiftSums, list.TaskCount);
            for (var t = old; t < forces.Length; t++)
            {
                (forces[t], shiftSums[t]) = (new(), new());
            }
            taskVirial = new SymmetricTensor[forces.Length];
            taskEnergy = new double[forces.Length];
            taskClosest = new double[forces.Length];
        }
    }

    /// <summary>Stores positions relative to their cluster's origin; returns the largest squared displacements in the block.</summary>
    private (double Built, double Pruned) UpdateBlock(
        ClusterList list, int start, int end, double* x, double* y, double* z, AffineMap sinceBuilt, AffineMap sincePruned)
    {
        var built = F.Zero;
        var pruned = F.Zero;
        for (var c = start; c < end; c++)
        {
            var origin = sinceBuilt.IsIdentity ? list.Origins[c] : list.OriginGrid.Round(sinceBuilt.Apply(list.Origins[c]));
            F rx = F.Difference(x + 8 * c, origin[0]), ry = F.Difference(y + 8 * c, origin[1]), rz = F.Difference(z + 8 * c, origin[2]);
            var first = particles.Pointer + 2 * HalfCluster<F, T>.Length * c;
            var second = first + HalfCluster<F, T>.Length;
            F.StoreLanes(first, second, rx);
            F.StoreLanes(first + 4, second + 4, ry);
            F.StoreLanes(first + 8, second + 8, rz);
            F.StoreFour(origin, first + HalfCluster<F, T>.Origin);
            F.StoreFour(origin, second + HalfCluster<F, T>.Origin);
            built = F.LargerOf(built, SquaredDisplacement(rx, ry, rz, list.BuiltOffsets.Pointer + 24 * c, sinceBuilt));
            pruned = F.LargerOf(pruned, SquaredDisplacement(rx, ry, rz, prunedOffsets.Pointer + 24 * c, sincePruned));
        }
        return (F.Largest(built), F.Largest(pruned));
    }

    /// <summary>|r − M r₀|² of eight particles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F SquaredDisplacement(F x, F y, F z, float* reference, in AffineMap map)
    {
        F sx = F.FromFloats(reference), sy = F.FromFloats(reference + 8), sz = F.FromFloats(reference + 16);
        if (!map.IsIdentity)
        {
            (sx, sy, sz) = (
                F.Broadcast(map.XX) * sx + F.Broadcast(map.XY) * sy + F.Broadcast(map.XZ) * sz,
                F.Broadcast(map.YY) * sy + F.Broadcast(map.YZ) * sz,
                F.Broadcast(map.ZZ) * sz);
        }
        F dx = x - sx, dy = y - sy, dz = z - sz;
        // Vacant slots are so far away that a float reference of theirs is off by a whole length. Told by the reference, so that a particle that is
        // not a number is not taken for one.
        return F.SelectLess(F.Broadcast(1e8), sx, F.Zero, F.MultiplyAdd(dx, dx, F.MultiplyAdd(dy, dy, dz * dz)));
    }

    private void RunTask(ClusterList list, int t, bool energy)
    {
        var task = list.Tasks[t];
        var buffer = forces[t];
        // All zero: new, or since they were added up.
        buffer.Require(2 * HalfCluster<F, T>.Length * task.SpanLength);
        var work = new ClusterWork<T>
        {
            Particles = particles.Pointer,
            Halves = pruned[t].Halves.Pointer,
            Forces = buffer.Pointer,
            FirstCluster = task.FirstCluster,
            ZeroShift = list.ZeroShift,
            GridShifts = gridShifts.Pointer,
            ShiftRests = shiftRests.Pointer,
            Masks = masks.Pointer,
            Segments = pruned[t].Segments.Pointer,
            SegmentCount = pruned[t].SegmentCount,
            ClosestSquared = double.PositiveInfinity,
        };
        var shiftForces = shiftSums[t];
        shiftForces.Require(3 * list.ShiftCount);
        shiftForces.Span[..(3 * list.ShiftCount)].Clear();
        work.ShiftForces = shiftForces.Pointer;
        fixed (int* species = list.ClusterSpecies)
        {
            work.ClusterSpecies = species;
            for (var a = 0; a < kernels.GetLength(0); a++)
            {
                for (var b = 0; b < kernels.GetLength(1); b++)
                {
                    if (energy)
                    {
                        kernels[a, b]?.AddForcesAndEnergy(ref work, a, b);
                    }
                    else
                    {
                        kernels[a, b]?.AddForces(ref work, a, b);
                    }
                }
            }
        }
        var virial = SymmetricTensor.Zero;
        for (var s = 0; s < list.ShiftCount; s++)
        {
            var sum = shiftForces.Pointer + 3 * s;
            virial -= SymmetricTensor.Outer(shifts[s], new(LaneSum.Of(sum[0]), LaneSum.Of(sum[1]), LaneSum.Of(sum[2])));
        }
        taskVirial[t] = virial;
        taskEnergy[t] = work.Energy;
        taskClosest[t] = work.ClosestSquared;
    }

    /// <summary>Adds the tasks' forces on a block of clusters, task by task, in double, and leaves zeros behind; returns the symmetric part of Σ r ⊗ F of the block, which only together with the
    /// shift terms of the tasks is the whole virial.</summary>
    private SymmetricTensor Reduce(
        ClusterList list, int start, int end, double[] x, double[] y, double[] z, double[] fx, double[] fy, double[] fz)
    {
        const int Length = HalfCluster<F, T>.Length;
        var parts = stackalloc ForcePart[2 * list.TaskCount];
        var count = FindParts(list, start, end, parts);
        var (xx, yy, zz, xy, xz, yz) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero,
            Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        for (var half = 2 * start; half < 2 * end; half++)
        {
            Vector256<double> gx = default, gy = default, gz = default;
            for (var p = 0; p < count; p++)
            {
                if (half >= parts[p].Start && half < parts[p].End)
                {
                    var f = parts[p].Forces + Length * (half - parts[p].Start);
                    gx += F.WidenFour(f);
                    gy += F.WidenFour(f + 4);
                    gz += F.WidenFour(f + 8);
                    new Span<T>(f, Length).Clear();
                }
            }
            var i = 4 * half;
            gx.CopyTo(fx, i);
            gy.CopyTo(fy, i);
            gz.CopyTo(fz, i);
            Vector256<double> rx = Vector256.Create(x, i), ry = Vector256.Create(y, i), rz = Vector256.Create(z, i);
            xx += rx * gx;
            yy += ry * gy;
            zz += rz * gz;
            xy += rx * gy + ry * gx;
            xz += rx * gz + rz * gx;
            yz += ry * gz + rz * gy;
        }
        return new(
            LaneSum.Of(xx), LaneSum.Of(yy), LaneSum.Of(zz), 0.5 * LaneSum.Of(xy), 0.5 * LaneSum.Of(xz), 0.5 * LaneSum.Of(yz));
    }

    /// <summary>Where tasks have forces on a block of clusters; returns their number, at most two for each task, whose span is cyclic.</summary>
    private int FindParts(ClusterList list, int start, int end, ForcePart* parts)
    {
        var count = 0;
        for (var t = 0; t < list.TaskCount; t++)
        {
            var task = list.Tasks[t];
            for (var turn = 0; turn < 2; turn++)
            {
                var offset = task.FirstCluster - turn * list.ClusterCount;
                var first = Math.Max(start, offset);
                var last = Math.Min(end, offset + task.SpanLength);
                if (first < last)
                {
                    parts[count++] = new ForcePart
                    {
                        Forces = forces[t].Pointer + 2 * HalfCluster<F, T>.Length * (first - offset),
                        Start = 2 * first,
                        End = 2 * last,
                    };
                }
            }
        }
        return count;
    }

    /// <summary>Forces of one task on a range of half clusters.</summary>
    private struct ForcePart
    {
        public T* Forces;
        public int Start;
        public int End;
    }
}
