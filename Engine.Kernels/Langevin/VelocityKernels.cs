using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;
using static Engine.Kernels.Langevin.SlotLanes;

namespace Engine.Kernels.Langevin;

/// <summary>
/// Sums over and changes of velocities. Stored velocities trail the ones of the step: v(step) = v + lag·F, with <c>lag</c> the velocity per force
/// of the kick still owed, by species. Sums run in four lanes that are added in a fixed order, so equal blocks give equal bits.
/// </summary>
public static class VelocityKernels
{
    /// <summary>Σ m v ⊗ v over slots [start, end).</summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="lag">Velocity per force still owed, by species.</param>
    /// <param name="mass">Mass in energy units [energy/velocity²], by species.</param>
    public static SymmetricTensor KineticTensor(
        in ParticleSpans p, int start, int end, ReadOnlySpan<double> lag, ReadOnlySpan<double> mass)
    {
        Vector256<double> xx = default, yy = default, zz = default, xy = default, xz = default, yz = default;
        for (var slot = start; slot < end; slot += Lanes)
        {
            var species = p.ClusterSpecies[slot / ParticleSpans.ClusterSize];
            var k = Vector256.Create(lag[species]);
            var m = Vector256.Create(mass[species]);
            var vx = Velocity(p.VX, p.FX, slot, k);
            var vy = Velocity(p.VY, p.FY, slot, k);
            var vz = Velocity(p.VZ, p.FZ, slot, k);
            var px = m * vx;
            var py = m * vy;
            var pz = m * vz;
            xx = Vector256.FusedMultiplyAdd(px, vx, xx);
            yy = Vector256.FusedMultiplyAdd(py, vy, yy);
            zz = Vector256.FusedMultiplyAdd(pz, vz, zz);
            xy = Vector256.FusedMultiplyAdd(px, vy, xy);
            xz = Vector256.FusedMultiplyAdd(px, vz, xz);
            yz = Vector256.FusedMultiplyAdd(py, vz, yz);
        }
        return new(AddLanes(xx), AddLanes(yy), AddLanes(zz), AddLanes(xy), AddLanes(xz), AddLanes(yz));
    }

    /// <summary>Σ m v over slots [start, end); arguments as in <see cref="KineticTensor"/>.</summary>
    public static Vector3d Momentum(in ParticleSpans p, int start, int end, ReadOnlySpan<double> lag, ReadOnlySpan<double> mass)
    {
        Vector256<double> x = default, y = default, z = default;
        for (var slot = start; slot < end; slot += Lanes)
        {
            var species = p.ClusterSpecies[slot / ParticleSpans.ClusterSize];
            var k = Vector256.Create(lag[species]);
            var m = Vector256.Create(mass[species]);
            x = Vector256.FusedMultiplyAdd(m, Velocity(p.VX, p.FX, slot, k), x);
            y = Vector256.FusedMultiplyAdd(m, Velocity(p.VY, p.FY, slot, k), y);
            z = Vector256.FusedMultiplyAdd(m, Velocity(p.VZ, p.FZ, slot, k), z);
        }
        return new(AddLanes(x), AddLanes(y), AddLanes(z));
    }

    /// <summary>v = factor·v + kick·F − shift in occupied slots: kicks, rescaling and removal of a drift.</summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="factor">Factor of the stored velocities.</param>
    /// <param name="kick">Velocity per force, by species.</param>
    /// <param name="shift">Velocity to take away.</param>
    public static void Transform(in ParticleSpans p, int start, int end, double factor, ReadOnlySpan<double> kick, Vector3d shift)
    {
        var f = Vector256.Create(factor);
        var sx = Vector256.Create(shift.X);
        var sy = Vector256.Create(shift.Y);
        var sz = Vector256.Create(shift.Z);
        for (var slot = start; slot < end; slot += Lanes)
        {
            var k = Vector256.Create(kick[p.ClusterSpecies[slot / ParticleSpans.ClusterSize]]);
            var id = Vector256.WidenLower(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(p.Id), (nuint)slot).ToVector256Unsafe());
            var vacant = Vector256.LessThan(id, Vector256<long>.Zero).AsDouble();
            Transform(p.VX, p.FX, slot, f, k, Vector256.AndNot(sx, vacant));
            Transform(p.VY, p.FY, slot, f, k, Vector256.AndNot(sy, vacant));
            Transform(p.VZ, p.FZ, slot, f, k, Vector256.AndNot(sz, vacant));
        }
    }

    /// <summary>
    /// v += kick·F, then x = map·x and v = map⁻ᵀ·v for slots [start, end): a change of the cell that keeps the phase-space volume.
    /// </summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="map">Map of positions.</param>
    /// <param name="inverse">Inverse of <paramref name="map"/>; it is applied transposed.</param>
    /// <param name="kick">Velocity per force given before the map, by species.</param>
    public static void Deform(
        in ParticleSpans p, int start, int end, in TriangularMap map, in TriangularMap inverse, ReadOnlySpan<double> kick)
    {
        for (var slot = start; slot < end; slot += Lanes)
        {
            var k = Vector256.Create(kick[p.ClusterSpecies[slot / ParticleSpans.ClusterSize]]);
            var x = Load(p.X, slot);
            var y = Load(p.Y, slot);
            var z = Load(p.Z, slot);
            Store(p.X, slot, map.XX * x + map.XY * y + map.XZ * z);
            Store(p.Y, slot, map.YY * y + map.YZ * z);
            Store(p.Z, slot, map.ZZ * z);
            var vx = Velocity(p.VX, p.FX, slot, k);
            var vy = Velocity(p.VY, p.FY, slot, k);
            var vz = Velocity(p.VZ, p.FZ, slot, k);
            Store(p.VX, slot, inverse.XX * vx);
            Store(p.VY, slot, inverse.XY * vx + inverse.YY * vy);
            Store(p.VZ, slot, inverse.XZ * vx + inverse.YZ * vy + inverse.ZZ * vz);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform(
        Span<double> v, ReadOnlySpan<double> f, int slot, Vector256<double> factor, Vector256<double> kick, Vector256<double> shift) =>
        Store(v, slot, Vector256.FusedMultiplyAdd(kick, Load(f, slot), Vector256.FusedMultiplyAdd(factor, Load(v, slot), -shift)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Velocity(ReadOnlySpan<double> v, ReadOnlySpan<double> f, int slot, Vector256<double> lag) =>
        Vector256.FusedMultiplyAdd(lag, Load(f, slot), Load(v, slot));
}
