using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Random;
using static Engine.Kernels.Langevin.SlotLanes;

namespace Engine.Kernels.Langevin;

/// <summary>
/// The one pass over memory that a step of each integrator makes. Every lane does the same fused operations in the same order, so the bits
/// depend neither on the width of the machine's vectors nor on which slots are handled together. Vacant slots move with zero velocity.
/// Coefficients are given per species and read once a cluster.
/// </summary>
public static class IntegratorKernels
{
    /// <summary>v += kick·F; x += timeStep·v for slots [start, end).</summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="timeStep">Length of the drift.</param>
    /// <param name="kick">Velocity per force of the merged half kicks, by species.</param>
    public static void KickDrift(in ParticleSpans p, int start, int end, double timeStep, ReadOnlySpan<double> kick)
    {
        for (var cluster = start / ParticleSpans.ClusterSize; cluster < end / ParticleSpans.ClusterSize; cluster++)
        {
            var k = Vector256.Create(kick[p.ClusterSpecies[cluster]]);
            var h = Vector256.Create(timeStep);
            for (var slot = cluster * ParticleSpans.ClusterSize; slot < (cluster + 1) * ParticleSpans.ClusterSize; slot += Lanes)
            {
                KickDrift(p.X, p.VX, p.FX, slot, k, h);
                KickDrift(p.Y, p.VY, p.FY, slot, k, h);
                KickDrift(p.Z, p.VZ, p.FZ, slot, k, h);
            }
        }
    }

    /// <summary>
    /// Merged kick, half drift, Ornstein–Uhlenbeck, half drift: v += kick·F; x += halfStep·v; v = decay·v + noise·ξ; x += halfStep·v, with
    /// ξ from <see cref="NormalNoise"/>. B. Leimkuhler and C. Matthews, AMRX 2013, 34 (2013).
    /// </summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="halfStep">Length of each drift.</param>
    /// <param name="kick">Velocity per force of the merged half kicks, by species.</param>
    /// <param name="decay">exp(−γ·dt).</param>
    /// <param name="noise">√((1 − decay²)·kT/m), by species.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Step index.</param>
    public static void Baoab(
        in ParticleSpans p, int start, int end, double halfStep, ReadOnlySpan<double> kick, double decay, ReadOnlySpan<double> noise,
        ulong seed, long step)
    {
        var h = Vector256.Create(halfStep);
        var c = Vector256.Create(decay);
        for (var cluster = start / ParticleSpans.ClusterSize; cluster < end / ParticleSpans.ClusterSize; cluster++)
        {
            var species = p.ClusterSpecies[cluster];
            var k = Vector256.Create(kick[species]);
            var amplitude = Vector256.Create(noise[species]);
            for (var slot = cluster * ParticleSpans.ClusterSize; slot < (cluster + 1) * ParticleSpans.ClusterSize; slot += Lanes)
            {
                var (xi, yi, zi) = Noise(p.Id, slot, amplitude, seed, RandomStream.LangevinNoise, step);
                Baoab(p.X, p.VX, p.FX, slot, k, h, c, xi);
                Baoab(p.Y, p.VY, p.FY, slot, k, h, c, yi);
                Baoab(p.Z, p.VZ, p.FZ, slot, k, h, c, zi);
            }
        }
    }

    /// <summary>
    /// x += mobility·F + noise·ξ(step) (Euler–Maruyama), or with <paramref name="averaged"/> x += mobility·F + ½·noise·(ξ(step) + ξ(step + 1)):
    /// B. Leimkuhler and C. Matthews, AMRX 2013, 34 (2013), the limit of BAOAB for large friction.
    /// </summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="mobility">dt/(m·γ), by species.</param>
    /// <param name="noise">√(2·kT·dt/(m·γ)), by species.</param>
    /// <param name="averaged">Whether to average the noise of two steps.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Step index.</param>
    public static void Brownian(
        in ParticleSpans p, int start, int end, ReadOnlySpan<double> mobility, ReadOnlySpan<double> noise, bool averaged, ulong seed, long step)
    {
        var last = averaged ? step + 1 : step;
        for (var cluster = start / ParticleSpans.ClusterSize; cluster < end / ParticleSpans.ClusterSize; cluster++)
        {
            var species = p.ClusterSpecies[cluster];
            var k = Vector256.Create(mobility[species]);
            var amplitude = Vector256.Create(averaged ? 0.5 * noise[species] : noise[species]);
            for (var slot = cluster * ParticleSpans.ClusterSize; slot < (cluster + 1) * ParticleSpans.ClusterSize; slot += Lanes)
            {
                var (xi, yi, zi) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
                for (var s = step; s <= last; s++)
                {
                    var (xs, ys, zs) = Noise(p.Id, slot, amplitude, seed, RandomStream.BrownianNoise, s);
                    (xi, yi, zi) = (xi + xs, yi + ys, zi + zs);
                }
                Displace(p.X, p.FX, slot, k, xi);
                Displace(p.Y, p.FY, slot, k, yi);
                Displace(p.Z, p.FZ, slot, k, zi);
            }
        }
    }

    /// <summary>v = width·ξ(draw): velocities of the Maxwell–Boltzmann distribution.</summary>
    /// <param name="p">The buffers.</param>
    /// <param name="start">First slot, a multiple of 8.</param>
    /// <param name="end">One past the last slot, a multiple of 8.</param>
    /// <param name="width">√(kT/m), by species.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="draw">Which of many independent sets.</param>
    public static void MaxwellBoltzmann(in ParticleSpans p, int start, int end, ReadOnlySpan<double> width, ulong seed, long draw)
    {
        for (var slot = start; slot < end; slot += Lanes)
        {
            var amplitude = Vector256.Create(width[p.ClusterSpecies[slot / ParticleSpans.ClusterSize]]);
            var (x, y, z) = Noise(p.Id, slot, amplitude, seed, RandomStream.InitialVelocities, draw);
            Store(p.VX, slot, x);
            Store(p.VY, slot, y);
            Store(p.VZ, slot, z);
        }
    }

    /// <summary>Normal numbers times <paramref name="amplitude"/>, zero in vacant slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> X, Vector256<double> Y, Vector256<double> Z) Noise(
        ReadOnlySpan<int> ids, int slot, Vector256<double> amplitude, ulong seed, RandomStream stream, long step)
    {
        var narrow = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(ids), (nuint)slot);
        var id = Vector256.WidenLower(narrow.ToVector256Unsafe());
        var vacant = Vector256.LessThan(id, Vector256<long>.Zero);
        var (x, y, z) = NormalNoise.Generate(seed, stream, id.AsUInt64() & Vector256.Create(0xFFFFFFFFul), step);
        var a = Vector256.AndNot(amplitude, vacant.AsDouble());
        return (a * x, a * y, a * z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KickDrift(
        Span<double> x, Span<double> v, ReadOnlySpan<double> f, int slot, Vector256<double> kick, Vector256<double> timeStep)
    {
        var velocity = Vector256.FusedMultiplyAdd(kick, Load(f, slot), Load(v, slot));
        Store(v, slot, velocity);
        Store(x, slot, Vector256.FusedMultiplyAdd(timeStep, velocity, Load(x, slot)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Baoab(
        Span<double> x, Span<double> v, ReadOnlySpan<double> f, int slot,
        Vector256<double> kick, Vector256<double> halfStep, Vector256<double> decay, Vector256<double> noise)
    {
        var velocity = Vector256.FusedMultiplyAdd(kick, Load(f, slot), Load(v, slot));
        var middle = Vector256.FusedMultiplyAdd(halfStep, velocity, Load(x, slot));
        velocity = Vector256.FusedMultiplyAdd(decay, velocity, noise);
        Store(v, slot, velocity);
        Store(x, slot, Vector256.FusedMultiplyAdd(halfStep, velocity, middle));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Displace(Span<double> x, ReadOnlySpan<double> f, int slot, Vector256<double> mobility, Vector256<double> noise) =>
        Store(x, slot, Load(x, slot) + Vector256.FusedMultiplyAdd(mobility, Load(f, slot), noise));
}
