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

    public override void AddForces(ref ClusterWork<T> work, in ListSegment segment) => Run<No>(ref work, in segment);

    public override void AddForcesAndEnergy(ref ClusterWork<T> work, in ListSegment segment) => Run<Yes>(ref work, in segment);

    private void Run<TEnergy>(ref ClusterWork<T> work, in ListSegment segment)
        where TEnergy : struct, IFlag
    {
        var cluster = segment.Half / 2;
        var half = segment.Half & 1;
        var shift = work.Shifts[segment.Shift];
        var origin = work.Origins[cluster] + Vector256.Create(shift.X, shift.Y, shift.Z, 0);
        var sums = stackalloc T[12];
        new Span<T>(sums, 12).Clear();
        var i = work.Offsets + 24 * cluster + 4 * half;
        var start = segment.Start;
        if (segment.StartsOnDiagonal)
        {
            Loop<TEnergy, Yes>(ref work, i, origin, start, start + 1, work.DiagonalMask + 32 * half, sums);
            start++;
        }
        Loop<TEnergy, No>(ref work, i, origin, start, segment.End, null, sums);

        var target = work.Forces + 24 * Local(ref work, cluster) + 4 * half;
        for (var n = 0; n < 4; n++)
        {
            target[n] = F.Round(F.Widen(target[n]) + F.Widen(sums[n]));
            target[8 + n] = F.Round(F.Widen(target[8 + n]) + F.Widen(sums[4 + n]));
            target[16 + n] = F.Round(F.Widen(target[16 + n]) + F.Widen(sums[8 + n]));
        }
        if (shift != default)
        {
            work.ShiftVirial += SymmetricTensor.Outer(shift, new(Total(sums), Total(sums + 4), Total(sums + 8)));
        }
    }

    private void Loop<TEnergy, TDiagonal>(
        ref ClusterWork<T> work, T* i, Vector256<double> origin, int start, int end, T* mask, T* sums)
        where TEnergy : struct, IFlag
        where TDiagonal : struct, IFlag
    {
        var p = potential;
        var cutoffSquared = F.Broadcast(p.Cutoff * p.Cutoff);
        var clusters = work.Clusters;
        var offsets = work.Offsets;
        var origins = work.Origins;
        var forces = work.Forces;
        F fx0 = F.Zero, fy0 = F.Zero, fz0 = F.Zero;
        F fx1 = F.Zero, fy1 = F.Zero, fz1 = F.Zero;
        F fx2 = F.Zero, fy2 = F.Zero, fz2 = F.Zero;
        F fx3 = F.Zero, fy3 = F.Zero, fz3 = F.Zero;
        var energy = F.Zero;
        for (var k = start; k < end; k++)
        {
            var j = clusters[k];
            var separation = origins[j] - origin;
            var r = offsets + 24 * j;
            var x = F.Load(r) + F.Broadcast(separation[0]);
            var y = F.Load(r + 8) + F.Broadcast(separation[1]);
            var z = F.Load(r + 16) + F.Broadcast(separation[2]);
            var f = forces + 24 * Local(ref work, j);
            F fx = F.Load(f), fy = F.Load(f + 8), fz = F.Load(f + 16);
            Pair<TEnergy, TDiagonal>(in p, cutoffSquared, i, 0, mask, x, y, z, ref fx0, ref fy0, ref fz0, ref fx, ref fy, ref fz, ref energy);
            Pair<TEnergy, TDiagonal>(in p, cutoffSquared, i, 1, mask, x, y, z, ref fx1, ref fy1, ref fz1, ref fx, ref fy, ref fz, ref energy);
            Pair<TEnergy, TDiagonal>(in p, cutoffSquared, i, 2, mask, x, y, z, ref fx2, ref fy2, ref fz2, ref fx, ref fy, ref fz, ref energy);
            Pair<TEnergy, TDiagonal>(in p, cutoffSquared, i, 3, mask, x, y, z, ref fx3, ref fy3, ref fz3, ref fx, ref fy, ref fz, ref energy);
            F.Store(f, fx);
            F.Store(f + 8, fy);
            F.Store(f + 16, fz);
        }
        F.AddSums(fx0, fx1, fx2, fx3, sums);
        F.AddSums(fy0, fy1, fy2, fy3, sums + 4);
        F.AddSums(fz0, fz1, fz2, fz3, sums + 8);
        if (TEnergy.Value)
        {
            work.Energy += F.Sum(energy);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TEnergy, TDiagonal>(
        in TPotential p, F cutoffSquared, T* i, int n, T* mask, F x, F y, F z,
        ref F fxi, ref F fyi, ref F fzi, ref F fxj, ref F fyj, ref F fzj, ref F energy)
        where TEnergy : struct, IFlag
        where TDiagonal : struct, IFlag
    {
        var dx = x - F.LoadBroadcast(i + n);
        var dy = y - F.LoadBroadcast(i + 8 + n);
        var dz = z - F.LoadBroadcast(i + 16 + n);
        var rSquared = F.MultiplyAdd(dx, dx, F.MultiplyAdd(dy, dy, dz * dz));
        if (TDiagonal.Value)
        {
            rSquared += F.Load(mask + 8 * n);
        }
        // Beyond the cutoff the formula sees the cutoff itself, so that no lane can overflow; its result is discarded.
        var pair = TPotential.EnergyAndForce(in p, F.SmallerOf(rSquared, cutoffSquared));
        var force = F.ZeroUnlessLess(rSquared, cutoffSquared, pair.ForceOverDistance);
        fxi = F.NegatedMultiplyAdd(force, dx, fxi);
        fyi = F.NegatedMultiplyAdd(force, dy, fyi);
        fzi = F.NegatedMultiplyAdd(force, dz, fzi);
        fxj = F.MultiplyAdd(force, dx, fxj);
        fyj = F.MultiplyAdd(force, dy, fyj);
        fzj = F.MultiplyAdd(force, dz, fzj);
        if (TEnergy.Value)
        {
            energy += F.ZeroUnlessLess(rSquared, cutoffSquared, pair.Energy);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Local(ref ClusterWork<T> work, int cluster)
    {
        var local = cluster - work.FirstCluster;
        return local + ((local >> 31) & work.ClusterCount);
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
