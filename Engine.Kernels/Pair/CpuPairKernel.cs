using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>
/// The pair loop on the CPU: four i particles, broadcast, against the eight j particles of a cluster, side by side. Both forces of a pair are
/// applied. The JIT compiles one loop for each potential and precision, with the formula inlined.
/// </summary>
internal sealed unsafe class CpuPairKernel<TPotential, F, T>(TPotential potential) : PairKernel<T>
    where TPotential : struct, IPairPotential<TPotential>
    where F : struct, ILanes<F, T>
    where T : unmanaged
{
    /// <summary>Clusters ahead; the list is padded by as many entries.</summary>
    private const int PrefetchDistance = 4;

    private readonly TPotential potential = potential;

    private interface IFlag
    {
        static abstract bool Value { get; }
    }

    public override double Cutoff => potential.Cutoff;

    public override void RequireRange()
    {
        foreach (var part in (ReadOnlySpan<double>)[0.5, 0.7, 0.9])
        {
            var rSquared = part * part * potential.Cutoff * potential.Cutoff;
            var exact = TPotential.EnergyAndForce(in potential, new Real(rSquared));
            var found = F.Largest(TPotential.EnergyAndForce(in potential, F.Broadcast(rSquared)).ForceOverDistance);
            // Far above the rounding of a float, far below the loss of a whole term.
            var tolerance = 1e-3 * (Math.Abs(exact.ForceOverDistance.Value) + Math.Abs(exact.Energy.Value) / rSquared);
            if (!(Math.Abs(found - exact.ForceOverDistance.Value) <= tolerance))
            {
                throw new InputException(FormattableString.Invariant(
                    $"a pair potential gives −U′/r = {found:G6} at r = {Math.Sqrt(rSquared):G6} in {typeof(T).Name} arithmetic, expected {exact.ForceOverDistance.Value:G6}; its numbers are out of range in these units: set \"precision\" to \"double\""));
            }
        }
    }

    public override void AddForces(ref ClusterWork<T> work, int speciesI, int speciesJ) => Run<No>(ref work, speciesI, speciesJ);

    public override void AddForcesAndEnergy(ref ClusterWork<T> work, int speciesI, int speciesJ) => Run<Yes>(ref work, speciesI, speciesJ);

    private void Run<TEnergy>(ref ClusterWork<T> work, int speciesI, int speciesJ)
        where TEnergy : struct, IFlag
    {
        // Minus the forces on the four i particles (displacements point from i to j): x, y, z.
        var sums = stackalloc T[12];
        for (var s = 0; s < work.SegmentCount; s++)
        {
            ref readonly var segment = ref work.Segments[s];
            var cluster = segment.Half / 2;
            if (segment.Species != speciesJ || work.ClusterSpecies[cluster] != speciesI)
            {
                continue;
            }
            var half = segment.Half & 1;
            var shift = work.Shifts[segment.Shift];
            var origin = work.Origins[cluster] + Vector256.Create(shift.X, shift.Y, shift.Z, 0);
            var mask = work.Masks + PairMask.Elements * segment.FirstMask + 32 * half;
            var i = work.Offsets + 24 * cluster + 4 * half;
            // In double every number takes two registers, and the unrolled loop exceeds the JIT's limit for any formula.
            if (TPotential.IsShort && sizeof(T) == sizeof(float))
            {
                Loop<TEnergy>(ref work, i, origin, work.Clusters + segment.Start, work.Clusters + segment.End, mask, sums);
            }
            else
            {
                LoopInStages<TEnergy>(ref work, i, origin, work.Clusters + segment.Start, work.Clusters + segment.End, mask, sums);
            }
            var target = work.Forces + 24 * (cluster - work.FirstCluster) + 4 * half;
            F.SubtractFour(target, sums);
            F.SubtractFour(target + 8, sums + 4);
            F.SubtractFour(target + 16, sums + 8);
            if (shift != default)
            {
                work.ShiftVirial -= SymmetricTensor.Outer(shift, new(Total(sums), Total(sums + 4), Total(sums + 8)));
            }
        }
    }

    /// <summary>Four i particles against the clusters from <paramref name="k"/> to <paramref name="end"/>. A method of its own, so that the
    /// register allocator sees nothing but this loop.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Loop<TEnergy>(
        ref ClusterWork<T> work, T* i, Vector256<double> origin, int* k, int* end, T* mask, T* sums)
        where TEnergy : struct, IFlag
    {
        var p = potential;
        var cutoffSquared = F.Broadcast(p.Cutoff * p.Cutoff);
        var offsets = work.Offsets;
        var origins = work.Origins;
        var forces = work.Forces;
        var firstCluster = work.FirstCluster;
        var clusterCount = work.ClusterCount;
        var noMask = work.Masks + PairMask.Elements * PairMask.All;
        F fx0 = F.Zero, fy0 = F.Zero, fz0 = F.Zero;
        F fx1 = F.Zero, fy1 = F.Zero, fz1 = F.Zero;
        F fx2 = F.Zero, fy2 = F.Zero, fz2 = F.Zero;
        F fx3 = F.Zero, fy3 = F.Zero, fz3 = F.Zero;
        var energy = F.Zero;
        var closest = cutoffSquared;
        for (; k < end; k++)
        {
            var j = *k;
            Prefetch(offsets, origins, forces, k[PrefetchDistance], firstCluster, clusterCount);
            var separation = origins[j] - origin;
            var r = offsets + 24 * j;
            var x = F.Load(r) + F.Broadcast(separation[0]);
            var y = F.Load(r + 8) + F.Broadcast(separation[1]);
            var z = F.Load(r + 16) + F.Broadcast(separation[2]);
            var local = j - firstCluster;
            var f = forces + 24 * (local + ((local >> 31) & clusterCount));
            F fx = F.Load(f), fy = F.Load(f + 8), fz = F.Load(f + 16);
            Pair<TEnergy>(in p, cutoffSquared, i, mask, x, y, z, ref fx0, ref fy0, ref fz0, ref fx, ref fy, ref fz, ref energy, ref closest);
            Pair<TEnergy>(in p, cutoffSquared, i + 1, mask + 8, x, y, z, ref fx1, ref fy1, ref fz1, ref fx, ref fy, ref fz, ref energy, ref closest);
            Pair<TEnergy>(in p, cutoffSquared, i + 2, mask + 16, x, y, z, ref fx2, ref fy2, ref fz2, ref fx, ref fy, ref fz, ref energy, ref closest);
            Pair<TEnergy>(in p, cutoffSquared, i + 3, mask + 24, x, y, z, ref fx3, ref fy3, ref fz3, ref fx, ref fy, ref fz, ref energy, ref closest);
            mask = noMask;
            F.Store(f, fx);
            F.Store(f + 8, fy);
            F.Store(f + 16, fz);
        }
        F.StoreSums(fx0, fx1, fx2, fx3, sums);
        F.StoreSums(fy0, fy1, fy2, fy3, sums + 4);
        F.StoreSums(fz0, fz1, fz2, fz3, sums + 8);
        if (TEnergy.Value)
        {
            work.Energy += F.Sum(energy);
            work.ClosestSquared = Math.Min(work.ClosestSquared, -F.Largest(-closest));
        }
    }

    /// <summary>
    /// The same for a long formula: distances of the four rows first, then the formula in a method of its own, then the forces. Four inlined copies of
    /// it would exceed the number of locals up to which the JIT inlines, and every operator of the loop would become a call.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LoopInStages<TEnergy>(
        ref ClusterWork<T> work, T* i, Vector256<double> origin, int* k, int* end, T* mask, T* sums)
        where TEnergy : struct, IFlag
    {
        var squares = stackalloc T[32];
        var scales = stackalloc T[32];
        var totals = stackalloc T[16];
        F.Store(totals, F.Zero);
        F.Store(totals + 8, F.Broadcast(potential.Cutoff * potential.Cutoff));
        var noMask = work.Masks + PairMask.Elements * PairMask.All;
        F fx0 = F.Zero, fy0 = F.Zero, fz0 = F.Zero;
        F fx1 = F.Zero, fy1 = F.Zero, fz1 = F.Zero;
        F fx2 = F.Zero, fy2 = F.Zero, fz2 = F.Zero;
        F fx3 = F.Zero, fy3 = F.Zero, fz3 = F.Zero;
        for (; k < end; k++)
        {
            var j = *k;
            var separation = work.Origins[j] - origin;
            var r = work.Offsets + 24 * j;
            var x = F.Load(r) + F.Broadcast(separation[0]);
            var y = F.Load(r + 8) + F.Broadcast(separation[1]);
            var z = F.Load(r + 16) + F.Broadcast(separation[2]);
            for (var row = 0; row < 4; row++)
            {
                var dx = x - F.LoadBroadcast(i + row);
                var dy = y - F.LoadBroadcast(i + row + 8);
                var dz = z - F.LoadBroadcast(i + row + 16);
                F.Store(squares + 8 * row, F.MultiplyAdd(dx, dx, F.MultiplyAdd(dy, dy, F.MultiplyAdd(dz, dz, F.Load(mask + 8 * row)))));
            }
            Evaluate<TEnergy>(in potential, squares, scales, totals);
            var local = j - work.FirstCluster;
            var f = work.Forces + 24 * (local + ((local >> 31) & work.ClusterCount));
            F fx = F.Load(f), fy = F.Load(f + 8), fz = F.Load(f + 16);
            Apply(i, F.Load(scales), x, y, z, ref fx0, ref fy0, ref fz0, ref fx, ref fy, ref fz);
            Apply(i + 1, F.Load(scales + 8), x, y, z, ref fx1, ref fy1, ref fz1, ref fx, ref fy, ref fz);
            Apply(i + 2, F.Load(scales + 16), x, y, z, ref fx2, ref fy2, ref fz2, ref fx, ref fy, ref fz);
            Apply(i + 3, F.Load(scales + 24), x, y, z, ref fx3, ref fy3, ref fz3, ref fx, ref fy, ref fz);
            mask = noMask;
            F.Store(f, fx);
            F.Store(f + 8, fy);
            F.Store(f + 16, fz);
        }
        F.StoreSums(fx0, fx1, fx2, fx3, sums);
        F.StoreSums(fy0, fy1, fy2, fy3, sums + 4);
        F.StoreSums(fz0, fz1, fz2, fz3, sums + 8);
        if (TEnergy.Value)
        {
            work.Energy += F.Sum(F.Load(totals));
            work.ClosestSquared = Math.Min(work.ClosestSquared, -F.Largest(-F.Load(totals + 8)));
        }
    }

    /// <summary>The formula for four rows of eight squared distances; adds energies to totals[0 … 7], the smallest squares go to totals[8 … 15].</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Evaluate<TEnergy>(in TPotential potential, T* squares, T* scales, T* totals)
        where TEnergy : struct, IFlag
    {
        var p = potential;
        var cutoffSquared = F.Broadcast(p.Cutoff * p.Cutoff);
        for (var row = 0; row < 32; row += 8)
        {
            var rSquared = F.Load(squares + row);
            var inside = F.SmallerOf(rSquared, cutoffSquared);
            if (TEnergy.Value)
            {
                var pair = TPotential.EnergyAndForce(in p, inside);
                F.Store(scales + row, F.ZeroUnlessLess(rSquared, cutoffSquared, pair.ForceOverDistance));
                F.Store(totals, F.Load(totals) + F.ZeroUnlessLess(rSquared, cutoffSquared, pair.Energy));
                F.Store(totals + 8, F.SmallerOf(F.Load(totals + 8), rSquared));
            }
            else
            {
                F.Store(scales + row, F.ZeroUnlessLess(rSquared, cutoffSquared, TPotential.ForceOverDistance(in p, inside)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(
        T* i, F force, F x, F y, F z, ref F fxi, ref F fyi, ref F fzi, ref F fxj, ref F fyj, ref F fzj) =>
        Apply(
            force, x - F.LoadBroadcast(i), y - F.LoadBroadcast(i + 8), z - F.LoadBroadcast(i + 16),
            ref fxi, ref fyi, ref fzi, ref fxj, ref fyj, ref fzj);

    /// <summary>Both forces of eight pairs; those on i with the wrong sign, which the caller turns once for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(
        F force, F dx, F dy, F dz, ref F fxi, ref F fyi, ref F fzi, ref F fxj, ref F fyj, ref F fzj)
    {
        fxi = F.MultiplyAdd(force, dx, fxi);
        fyi = F.MultiplyAdd(force, dy, fyi);
        fzi = F.MultiplyAdd(force, dz, fzi);
        fxj = F.MultiplyAdd(force, dx, fxj);
        fyj = F.MultiplyAdd(force, dy, fyj);
        fzj = F.MultiplyAdd(force, dz, fzj);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TEnergy>(
        in TPotential p, F cutoffSquared, T* i, T* mask, F x, F y, F z,
        ref F fxi, ref F fyi, ref F fzi, ref F fxj, ref F fyj, ref F fzj, ref F energy, ref F closest)
        where TEnergy : struct, IFlag
    {
        var dx = x - F.LoadBroadcast(i);
        var dy = y - F.LoadBroadcast(i + 8);
        var dz = z - F.LoadBroadcast(i + 16);
        var rSquared = F.MultiplyAdd(dx, dx, F.MultiplyAdd(dy, dy, F.MultiplyAdd(dz, dz, F.Load(mask))));
        // Beyond the cutoff the formula sees the cutoff itself, so that no lane can overflow; its result is discarded.
        var inside = F.SmallerOf(rSquared, cutoffSquared);
        F force;
        if (TEnergy.Value)
        {
            var pair = TPotential.EnergyAndForce(in p, inside);
            force = F.ZeroUnlessLess(rSquared, cutoffSquared, pair.ForceOverDistance);
            energy += F.ZeroUnlessLess(rSquared, cutoffSquared, pair.Energy);
            closest = F.SmallerOf(closest, rSquared);
        }
        else
        {
            force = F.ZeroUnlessLess(rSquared, cutoffSquared, TPotential.ForceOverDistance(in p, inside));
        }
        Apply(force, dx, dy, dz, ref fxi, ref fyi, ref fzi, ref fxj, ref fyj, ref fzj);
    }

    /// <summary>Asks for the data of a cluster some turns ahead: neighbours come from all over the second-level cache, too late to be hidden.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* offsets, Vector256<double>* origins, T* forces, int j, int firstCluster, int clusterCount)
    {
        if (Sse.IsSupported)
        {
            var local = j - firstCluster;
            var f = forces + 24 * (local + ((local >> 31) & clusterCount));
            Sse.Prefetch0(offsets + 24 * j);
            Sse.Prefetch0(offsets + 24 * j + 16);
            Sse.Prefetch0(origins + j);
            Sse.Prefetch0(f);
            Sse.Prefetch0(f + 16);
        }
    }

    private static double Total(T* four) => F.Widen(four[0]) + F.Widen(four[1]) + F.Widen(four[2]) + F.Widen(four[3]);

    private readonly struct Yes : IFlag
    {
        public static bool Value => true;
    }

    private readonly struct No : IFlag
    {
        public static bool Value => false;
    }
}
