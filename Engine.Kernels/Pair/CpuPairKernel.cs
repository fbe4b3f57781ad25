using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    private readonly TPotential potential = potential;

    private interface IFlag
    {
        static abstract bool Value { get; }
    }

    public override double Cutoff => potential.Cutoff;

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
            Loop<TEnergy>(
                ref work, work.Offsets + 24 * cluster + 4 * half, origin,
                work.Clusters + segment.Start, work.Clusters + segment.End, mask, sums);
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
        var pair = TPotential.EnergyAndForce(in p, F.SmallerOf(rSquared, cutoffSquared));
        var force = F.ZeroUnlessLess(rSquared, cutoffSquared, pair.ForceOverDistance);
        fxi = F.MultiplyAdd(force, dx, fxi);
        fyi = F.MultiplyAdd(force, dy, fyi);
        fzi = F.MultiplyAdd(force, dz, fzi);
        fxj = F.MultiplyAdd(force, dx, fxj);
        fyj = F.MultiplyAdd(force, dy, fyj);
        fzj = F.MultiplyAdd(force, dz, fzj);
        if (TEnergy.Value)
        {
            energy += F.ZeroUnlessLess(rSquared, cutoffSquared, pair.Energy);
            closest = F.SmallerOf(closest, rSquared);
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
