using System.Runtime.Intrinsics;
using static Engine.Kernels.Langevin.SlotLanes;

namespace Engine.Kernels.Langevin;

/// <summary>What a FIRE step needs to know of forces and velocities: Σ F·v, Σ v², Σ F² and the largest F² of one particle.</summary>
public readonly record struct FireSums(double Power, double VelocitySquared, double ForceSquared, double LargestForceSquared)
{
    public static FireSums operator +(FireSums a, FireSums b) => new(
        a.Power + b.Power,
        a.VelocitySquared + b.VelocitySquared,
        a.ForceSquared + b.ForceSquared,
        Math.Max(a.LargestForceSquared, b.LargestForceSquared));
}

/// <summary>Passes over memory of the FIRE minimiser.</summary>
public static class MinimiserKernels
{
    /// <summary>The sums over slots [start, end). A force that is not a number makes all of them NaN.</summary>
    public static FireSums Sums(in ParticleSpans p, int start, int end)
    {
        Vector256<double> power = default, velocity = default, force = default, largest = default;
        for (var slot = start; slot < end; slot += Lanes)
        {
            var (fx, fy, fz) = (Load(p.FX, slot), Load(p.FY, slot), Load(p.FZ, slot));
            var (vx, vy, vz) = (Load(p.VX, slot), Load(p.VY, slot), Load(p.VZ, slot));
            var squared = fx * fx + fy * fy + fz * fz;
            power += fx * vx + fy * vy + fz * vz;
            velocity += vx * vx + vy * vy + vz * vz;
            force += squared;
            largest = Vector256.Max(largest, squared);
        }
        return new(AddLanes(power), AddLanes(velocity), AddLanes(force), LargestLane(largest));
    }

    /// <summary>v = a·v + b·F; returns the largest v².</summary>
    public static double Mix(in ParticleSpans p, int start, int end, double a, double b)
    {
        var av = Vector256.Create(a);
        var bf = Vector256.Create(b);
        Vector256<double> largest = default;
        for (var slot = start; slot < end; slot += Lanes)
        {
            var vx = av * Load(p.VX, slot) + bf * Load(p.FX, slot);
            var vy = av * Load(p.VY, slot) + bf * Load(p.FY, slot);
            var vz = av * Load(p.VZ, slot) + bf * Load(p.FZ, slot);
            Store(p.VX, slot, vx);
            Store(p.VY, slot, vy);
            Store(p.VZ, slot, vz);
            largest = Vector256.Max(largest, vx * vx + vy * vy + vz * vz);
        }
        return LargestLane(largest);
    }

    /// <summary>x = map·x + time·v.</summary>
    public static void Drift(in ParticleSpans p, int start, int end, double time, in TriangularMap map)
    {
        var t = Vector256.Create(time);
        for (var slot = start; slot < end; slot += Lanes)
        {
            var (x, y, z) = (Load(p.X, slot), Load(p.Y, slot), Load(p.Z, slot));
            Store(p.X, slot, map.XX * x + map.XY * y + map.XZ * z + t * Load(p.VX, slot));
            Store(p.Y, slot, map.YY * y + map.YZ * z + t * Load(p.VY, slot));
            Store(p.Z, slot, map.ZZ * z + t * Load(p.VZ, slot));
        }
    }

    private static double LargestLane(Vector256<double> v) => Math.Max(Math.Max(v[0], v[1]), Math.Max(v[2], v[3]));
}
