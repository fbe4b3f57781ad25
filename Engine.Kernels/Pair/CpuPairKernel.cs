using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>
/// The pair loop on the CPU: four i particles, broadcast, against eight j particles, two half clusters, side by side; one or, in wide registers
/// (<typeparamref name="R"/>), two of the four at once. It works in three passes over a run of such pairs: squared distances, of which those inside the
/// cutoff (three in ten) are packed without gaps; the formula, over the packed ones only; and both forces of every pair. Each pass is a short loop of
/// independent turns, which out-of-order processors overlap; one long chain from position to force would not fit their window. Short formulas in wide registers take one pass
/// over everything (<see cref="AddShort"/>). The JIT compiles one set of loops for each potential and precision, with the formula inlined.
/// </summary>
internal sealed unsafe class CpuPairKernel<TPotential, F, R, T>(TPotential potential) : PairKernel<T>
    where TPotential : struct, IPairPotential<TPotential>
    where F : struct, ILanes<F, T>
    where R : struct, IRows<R, T>
    where T : unmanaged
{
    /// <summary>Pairs of half clusters of one turn of the three passes: what they leave each other stays in the first-level cache.</summary>
    private const int BlockLength = 24;

    /// <summary>Squared distance and displacement of 4 × 8 pairs.</summary>
    private const int GeometryLength = 4 * 32;

    private readonly TPotential potential = potential;

    private interface IFlag
    {
        static abstract bool Value { get; }
    }

    public override double Cutoff => potential.Cutoff;

    public override void RequireRange() => PairArithmetic.Require<TPotential, R, T>(in potential);

    public override void AddForces(ref ClusterWork<T> work, int speciesI, int speciesJ) => Run<No>(ref work, speciesI, speciesJ);

    public override void AddForcesAndEnergy(ref ClusterWork<T> work, int speciesI, int speciesJ) => Run<Yes>(ref work, speciesI, speciesJ);

    private void Run<TEnergy>(ref ClusterWork<T> work, int speciesI, int speciesJ)
        where TEnergy : struct, IFlag
    {
        // Aligned to the longest register, so that no load touches two lines of the cache.
        var room = stackalloc T[HalfCluster<R, T>.RowsLength + BlockLength * (GeometryLength + 32) + 16 + 16 + 64 / sizeof(T)];
        var rows = (T*)(((nint)room + 63) & ~63);
        var geometry = rows + HalfCluster<R, T>.RowsLength;
        var packed = geometry + BlockLength * GeometryLength;
        // Minus the forces on the four i particles (displacements point from i to j): x, y, z.
        var sums = packed + BlockLength * 32 + 16;
        if (TPotential.IsShort && R.Rows == 2)
        {
            AddShort<TEnergy>(ref work, speciesI, speciesJ, rows, sums);
            return;
        }
        for (var segment = Next(ref work, null, speciesI, speciesJ); segment != null; segment = Next(ref work, segment, speciesI, speciesJ))
        {
            var mask = work.Masks + PairMask.Elements * segment->FirstMask + 32 * (segment->Half & 1);
            HalfCluster<R, T>.Spread(ref work, in *segment, rows, out var origin);
            var end = work.Halves + segment->End;
            for (var k = work.Halves + segment->Start; k < end; k += 2 * BlockLength)
            {
                var length = (int)Math.Min(BlockLength, (end - k) / 2);
                var count = Measure(ref work, rows, origin, k, length, mask, geometry, packed);
                mask = work.Masks + PairMask.Elements * PairMask.All;
                if (count > 0)
                {
                    Evaluate<TEnergy>(ref work, packed, count);
                    Apply(ref work, k, length, geometry, packed, sums);
                    AddSums(ref work, in *segment, sums);
                }
            }
        }
    }

    /// <summary>Forces on the four i particles, once for many j; the vacant elements of a half receive what stands behind the twelve sums, any numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSums(ref ClusterWork<T> work, in ListSegment segment, T* sums)
    {
        var target = work.Forces + HalfCluster<R, T>.Length * (segment.Half - 2 * work.FirstCluster);
        F.Store(target, F.Load(target) - F.Load(sums));
        F.Store(target + 8, F.Load(target + 8) - F.Load(sums + 8));
        if (segment.Shift != work.ZeroShift)
        {
            var shifted = work.ShiftForces + 3 * segment.Shift;
            shifted[0] += F.WidenFour(sums);
            shifted[1] += F.WidenFour(sums + 4);
            shifted[2] += F.WidenFour(sums + 8);
        }
    }

    /// <summary>First pass: r² and displacements of all pairs to <paramref name="geometry"/>, and those r² that are inside the cutoff to
    /// <paramref name="packed"/>; returns their number. A method of its own, so that the register allocator sees nothing but this loop.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Measure(
        ref ClusterWork<T> work, T* rows, R origin, ListedHalf* halves, int length, T* mask, T* geometry, T* packed)
    {
        var cutoffSquared = R.Broadcast(potential.Cutoff * potential.Cutoff);
        var particles = work.Particles;
        var next = packed;
        for (var k = 0; k < length; k++)
        {
            var (a, b) = (halves[2 * k], halves[2 * k + 1]);
            mask = a.Particles == b.Particles ? work.Masks + PairMask.Elements * PairMask.FirstFour : mask;
            R.Place(particles + a.Particles, particles + b.Particles, origin, out var x, out var y, out var z);
            MeasureRows(rows, mask, x, y, z, cutoffSquared, geometry, ref next);
            MeasureRows(rows + HalfCluster<R, T>.Stride, mask + 8 * R.Rows, x, y, z, cutoffSquared, geometry + 32 * R.Rows, ref next);
            if (R.Rows == 1)
            {
                MeasureRows(rows + 48, mask + 16, x, y, z, cutoffSquared, geometry + 64, ref next);
                MeasureRows(rows + 72, mask + 24, x, y, z, cutoffSquared, geometry + 96, ref next);
            }
            mask = work.Masks + PairMask.Elements * PairMask.All;
            geometry += GeometryLength;
        }
        // The formula takes whole registers: the last is filled up with what it can bear.
        R.Store(next, cutoffSquared);
        return (int)(next - packed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MeasureRows(T* rows, T* mask, R x, R y, R z, R cutoffSquared, T* geometry, ref T* next)
    {
        Displace(rows, mask, x, y, z, out var dx, out var dy, out var dz, out var rSquared);
        R.Store(geometry, rSquared);
        R.Store(geometry + 8 * R.Rows, dx);
        R.Store(geometry + 16 * R.Rows, dy);
        R.Store(geometry + 24 * R.Rows, dz);
        R.StorePacked(rSquared, rSquared, cutoffSquared, ref next);
    }

    /// <summary>Second pass: replaces r² by −U′/r.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Evaluate<TEnergy>(ref ClusterWork<T> work, T* packed, int count)
        where TEnergy : struct, IFlag
    {
        ref readonly var p = ref potential;
        var energy = R.Zero;
        var closest = R.Broadcast(p.Cutoff * p.Cutoff);
        for (var k = 0; k < count; k += 8 * R.Rows)
        {
            var rSquared = R.Load(packed + k);
            if (TEnergy.Value)
            {
                var pair = TPotential.EnergyAndForce(in p, rSquared);
                R.Store(packed + k, pair.ForceOverDistance);
                // What fills up the last register stands at the cutoff.
                energy += R.ZeroUnlessLess(rSquared, R.Broadcast(p.Cutoff * p.Cutoff), pair.Energy);
                closest = R.SmallerOf(closest, rSquared);
            }
            else
            {
                R.Store(packed + k, TPotential.ForceOverDistance(in p, rSquared));
            }
        }
        if (TEnergy.Value)
        {
            work.Energy += R.Sum(energy);
            work.ClosestSquared = Math.Min(work.ClosestSquared, -R.Largest(-closest));
        }
    }

    /// <summary>Third pass: both forces of every pair; those on i go to <paramref name="sums"/>, with the wrong sign.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Apply(ref ClusterWork<T> work, ListedHalf* halves, int length, T* geometry, T* packed, T* sums)
    {
        var cutoffSquared = R.Broadcast(potential.Cutoff * potential.Cutoff);
        var forces = work.Forces;
        R fx0 = R.Zero, fy0 = R.Zero, fz0 = R.Zero;
        R fx1 = R.Zero, fy1 = R.Zero, fz1 = R.Zero;
        R fx2 = R.Zero, fy2 = R.Zero, fz2 = R.Zero;
        R fx3 = R.Zero, fy3 = R.Zero, fz3 = R.Zero;
        for (var k = 0; k < length; k++)
        {
            var a = forces + halves[2 * k].Forces;
            var b = forces + halves[2 * k + 1].Forces;
            R fx = R.Zero, fy = R.Zero, fz = R.Zero;
            ApplyRows(geometry, ref packed, cutoffSquared, ref fx0, ref fy0, ref fz0, ref fx, ref fy, ref fz);
            ApplyRows(geometry + 32 * R.Rows, ref packed, cutoffSquared, ref fx1, ref fy1, ref fz1, ref fx, ref fy, ref fz);
            if (R.Rows == 1)
            {
                ApplyRows(geometry + 64, ref packed, cutoffSquared, ref fx2, ref fy2, ref fz2, ref fx, ref fy, ref fz);
                ApplyRows(geometry + 96, ref packed, cutoffSquared, ref fx3, ref fy3, ref fz3, ref fx, ref fy, ref fz);
            }
            R.AddRowSums(a, b, fx, fy, fz);
            geometry += GeometryLength;
        }
        R.StoreLaneSums(fx0, fx1, fx2, fx3, fy0, fy1, fy2, fy3, fz0, fz1, fz2, fz3, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ApplyRows(
        T* geometry, ref T* packed, R cutoffSquared, ref R fxi, ref R fyi, ref R fzi, ref R fxj, ref R fyj, ref R fzj)
    {
        var force = R.LoadPacked(ref packed, R.Load(geometry), cutoffSquared);
        Add(
            force, R.Load(geometry + 8 * R.Rows), R.Load(geometry + 16 * R.Rows), R.Load(geometry + 24 * R.Rows),
            ref fxi, ref fyi, ref fzi, ref fxj, ref fyj, ref fzj);
    }

    /// <summary>
    /// All three passes in one, for wide registers and formulas of a few operations, which cost less than packing saves. While the forces of one pair of half clusters are
    /// computed, the distances of the next are on their way, be it of the next segment: the processor's window is too short to find that work by itself.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddShort<TEnergy>(ref ClusterWork<T> work, int speciesI, int speciesJ, T* rows, T* sums)
        where TEnergy : struct, IFlag
    {
        ref readonly var p = ref potential;
        var cutoffSquared = R.Broadcast(p.Cutoff * p.Cutoff);
        var particles = work.Particles;
        var forces = work.Forces;
        var all = work.Masks + PairMask.Elements * PairMask.All;
        var firstFour = work.Masks + PairMask.Elements * PairMask.FirstFour;
        var mask = all;
        R fx0 = R.Zero, fy0 = R.Zero, fz0 = R.Zero;
        R fx1 = R.Zero, fy1 = R.Zero, fz1 = R.Zero;
        var energy = R.Zero;
        var closest = cutoffSquared;
        // Before the first pair stands one without a force.
        R r0 = cutoffSquared, r1 = cutoffSquared;
        R dx0 = R.Zero, dy0 = R.Zero, dz0 = R.Zero;
        R dx1 = R.Zero, dy1 = R.Zero, dz1 = R.Zero;
        T* fa = forces, fb = forces;
        var origin = R.Zero;
        ListSegment* segment = null;
        if (Next(ref work, segment, speciesI, speciesJ) == null)
        {
            return;
        }
        var k = work.Halves;
        var end = k;
        while (true)
        {
            var f0 = Force<TEnergy>(in p, r0, cutoffSquared, ref energy, ref closest);
            var f1 = Force<TEnergy>(in p, r1, cutoffSquared, ref energy, ref closest);
            var target = segment;
            var isLast = k == end;
            if (isLast)
            {
                segment = Next(ref work, segment, speciesI, speciesJ);
                if (segment != null)
                {
                    HalfCluster<R, T>.Spread(ref work, in *segment, rows, out origin);
                    mask = work.Masks + PairMask.Elements * segment->FirstMask + 32 * (segment->Half & 1);
                    k = work.Halves + segment->Start;
                    end = work.Halves + segment->End;
                }
            }
            // After the last segment stands any pair; nothing comes of it.
            var (a, b) = (k[0], k[1]);
            Prefetch(particles, forces, k[ListedHalf.Ahead]);
            Prefetch(particles, forces, k[ListedHalf.Ahead + 1]);
            k += 2;
            mask = a.Particles == b.Particles ? firstFour : mask;
            R.Place(particles + a.Particles, particles + b.Particles, origin, out var x, out var y, out var z);
            Displace(rows, mask, x, y, z, out var nextX0, out var nextY0, out var nextZ0, out r0);
            Displace(rows + 48, mask + 16, x, y, z, out var nextX1, out var nextY1, out var nextZ1, out r1);
            mask = all;
            R fx = R.Zero, fy = R.Zero, fz = R.Zero;
            Add(f0, dx0, dy0, dz0, ref fx0, ref fy0, ref fz0, ref fx, ref fy, ref fz);
            Add(f1, dx1, dy1, dz1, ref fx1, ref fy1, ref fz1, ref fx, ref fy, ref fz);
            R.AddRowSums(fa, fb, fx, fy, fz);
            fa = forces + a.Forces;
            fb = forces + b.Forces;
            (dx0, dy0, dz0) = (nextX0, nextY0, nextZ0);
            (dx1, dy1, dz1) = (nextX1, nextY1, nextZ1);
            if (isLast)
            {
                if (target != null)
                {
                    R.StoreLaneSums(fx0, fx1, default, default, fy0, fy1, default, default, fz0, fz1, default, default, sums);
                    AddSums(ref work, in *target, sums);
                    if (TEnergy.Value)
                    {
                        // Few terms are added up in single precision.
                        work.Energy += R.Sum(energy);
                        energy = R.Zero;
                    }
                    (fx0, fy0, fz0) = (R.Zero, R.Zero, R.Zero);
                    (fx1, fy1, fz1) = (R.Zero, R.Zero, R.Zero);
                }
                if (segment == null)
                {
                    break;
                }
            }
        }
        if (TEnergy.Value)
        {
            work.ClosestSquared = Math.Min(work.ClosestSquared, -R.Largest(-closest));
        }
    }

    /// <summary>Asks for the positions of a half and the forces on it, which in large systems are not in the nearest cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* particles, T* forces, ListedHalf half)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(particles + half.Particles);
            Sse.Prefetch0(forces + half.Forces);
        }
    }

    /// <summary>The first segment of two species after <paramref name="segment"/>, or at all; null: there is none.</summary>
    private static ListSegment* Next(ref ClusterWork<T> work, ListSegment* segment, int speciesI, int speciesJ)
    {
        var end = work.Segments + work.SegmentCount;
        segment = segment == null ? work.Segments : segment + 1;
        while (segment < end && (segment->Species != speciesJ || work.ClusterSpecies[segment->Half >> 1] != speciesI))
        {
            segment++;
        }
        return segment < end ? segment : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static R Force<TEnergy>(in TPotential p, R rSquared, R cutoffSquared, ref R energy, ref R closest)
        where TEnergy : struct, IFlag
    {
        // Beyond the cutoff the formula sees the cutoff itself, so that no lane can overflow; its result is discarded.
        var inside = R.SmallerOf(rSquared, cutoffSquared);
        if (!TEnergy.Value)
        {
            return R.ZeroUnlessLess(rSquared, cutoffSquared, TPotential.ForceOverDistance(in p, inside));
        }
        var pair = TPotential.EnergyAndForce(in p, inside);
        energy += R.ZeroUnlessLess(rSquared, cutoffSquared, pair.Energy);
        closest = R.SmallerOf(closest, rSquared);
        return R.ZeroUnlessLess(rSquared, cutoffSquared, pair.ForceOverDistance);
    }

    /// <summary>Displacements from i to j and their squares; far beyond the cutoff where the mask says that a pair does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Displace(T* rows, T* mask, R x, R y, R z, out R dx, out R dy, out R dz, out R rSquared)
    {
        HalfCluster<R, T>.Displace(rows, x, y, z, out dx, out dy, out dz);
        rSquared = R.MultiplyAdd(dx, dx, R.MultiplyAdd(dy, dy, R.MultiplyAdd(dz, dz, R.Load(mask))));
    }

    /// <summary>Both forces of the pairs; those on i with the wrong sign, which is turned once for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(R force, R dx, R dy, R dz, ref R fxi, ref R fyi, ref R fzi, ref R fxj, ref R fyj, ref R fzj)
    {
        fxi = R.MultiplyAdd(force, dx, fxi);
        fyi = R.MultiplyAdd(force, dy, fyi);
        fzi = R.MultiplyAdd(force, dz, fzi);
        fxj = R.MultiplyAdd(force, dx, fxj);
        fyj = R.MultiplyAdd(force, dy, fyj);
        fzj = R.MultiplyAdd(force, dz, fzj);
    }

    private readonly struct Yes : IFlag
    {
        public static bool Value => true;
    }

    private readonly struct No : IFlag
    {
        public static bool Value => false;
    }
}
