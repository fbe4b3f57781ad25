using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Geometry;

namespace Engine.Tests.Core.Dynamics;

/// <summary>Ideal gas.</summary>
internal sealed class NoForces : IForceField
{
    public int BoxChanges { get; private set; }

    public void Prepare(ParticleSystem system)
    {
    }

    public ForceSums Compute(ParticleSystem system, bool energy)
    {
        Array.Clear(system.FX);
        Array.Clear(system.FY);
        Array.Clear(system.FZ);
        return default;
    }

    public void BoxChanged(ParticleSystem system, bool newLattice) => BoxChanges++;
}

/// <summary>Every particle in a well of its own about the origin: F = −stiffness·x.</summary>
internal sealed class HarmonicWells(double stiffness) : IForceField
{
    public void Prepare(ParticleSystem system)
    {
    }

    public ForceSums Compute(ParticleSystem system, bool energy)
    {
        var sum = 0.0;
        for (var i = 0; i < system.SlotCount; i++)
        {
            var k = system.Id[i] < 0 ? 0 : stiffness;
            system.FX[i] = -k * system.X[i];
            system.FY[i] = -k * system.Y[i];
            system.FZ[i] = -k * system.Z[i];
            sum += 0.5 * k * (system.X[i] * system.X[i] + system.Y[i] * system.Y[i] + system.Z[i] * system.Z[i]);
        }
        return new(sum, SymmetricTensor.Zero);
    }

    public void BoxChanged(ParticleSystem system, bool newLattice)
    {
    }
}

/// <summary>Lennard-Jones between all pairs, ε = σ = 1; with a finite cutoff force-shifted and with the minimum image.</summary>
internal sealed class AllPairsLennardJones(double cutoff = double.PositiveInfinity) : IForceField
{
    private readonly double shiftEnergy = double.IsFinite(cutoff) ? Bare(cutoff).Energy : 0;
    private readonly double shiftForce = double.IsFinite(cutoff) ? Bare(cutoff).Force : 0;

    public void Prepare(ParticleSystem system)
    {
    }

    public ForceSums Compute(ParticleSystem system, bool energy)
    {
        Array.Clear(system.FX);
        Array.Clear(system.FY);
        Array.Clear(system.FZ);
        var sum = 0.0;
        var virial = SymmetricTensor.Zero;
        for (var i = 0; i < system.SlotCount; i++)
        {
            for (var j = 0; j < i && system.Id[i] >= 0; j++)
            {
                if (system.Id[j] < 0)
                {
                    continue;
                }
                var d = system.Box.MinimumImage(new(system.X[i] - system.X[j], system.Y[i] - system.Y[j], system.Z[i] - system.Z[j]));
                var r = d.Length;
                if (r >= cutoff)
                {
                    continue;
                }
                var (u, f) = Bare(r);
                sum += u - shiftEnergy + (double.IsFinite(cutoff) ? (r - cutoff) * shiftForce : 0);
                var force = (f - shiftForce) / r * d;
                virial += SymmetricTensor.Outer(d, force);
                system.FX[i] += force.X;
                system.FY[i] += force.Y;
                system.FZ[i] += force.Z;
                system.FX[j] -= force.X;
                system.FY[j] -= force.Y;
                system.FZ[j] -= force.Z;
            }
        }
        return new(sum, virial);
    }

    public void BoxChanged(ParticleSystem system, bool newLattice)
    {
    }

    private static (double Energy, double Force) Bare(double r)
    {
        var s6 = Math.Pow(r, -6);
        return (4 * s6 * (s6 - 1), 24 * s6 * (2 * s6 - 1) / r);
    }
}

internal static class TestSystems
{
    public static Box Open => Box.Cubic(100) with { PeriodicX = false, PeriodicY = false, PeriodicZ = false };

    /// <summary>Particles at the given places, mass by mass in turn.</summary>
    public static ParticleSystem Create(Vector3d[] positions, Box box, params double[] masses)
    {
        masses = masses.Length == 0 ? [1.0] : masses;
        return ParticleSystem.FromConfiguration(
            new()
            {
                Box = box,
                SpeciesTable = [.. masses.Select((m, i) => new Species($"S{i}", m))],
                Species = [.. positions.Select((_, i) => i % masses.Length)],
                Positions = [.. positions.SelectMany(r => new[] { r.X, r.Y, r.Z })],
            },
            UnitSystem.LennardJones);
    }

    public static ParticleSystem AtOrigin(int count, params double[] masses) => Create(new Vector3d[count], Open, masses);

    public static ParticleSystem Random(int count, Box box, params double[] masses)
    {
        var random = new Random(5);
        var positions = new Vector3d[count];
        for (var i = 0; i < count; i++)
        {
            positions[i] = box.ToCartesian(new(random.NextDouble(), random.NextDouble(), random.NextDouble()));
        }
        return Create(positions, box, masses);
    }

    /// <summary>Face-centred cubic crystal of n³ conventional cells.</summary>
    public static ParticleSystem FaceCentredCubic(int n, double latticeConstant)
    {
        var positions = new List<Vector3d>();
        for (var i = 0; i < 4 * n * n * n; i++)
        {
            var cell = new Vector3d(i / 4 % n, i / 4 / n % n, i / 4 / n / n);
            var basis = (i % 4) switch { 0 => new Vector3d(0, 0, 0), 1 => new(0, 0.5, 0.5), 2 => new(0.5, 0, 0.5), _ => new(0.5, 0.5, 0) };
            positions.Add(latticeConstant * (cell + basis));
        }
        return Create([.. positions], Box.Cubic(n * latticeConstant));
    }

    /// <summary>An independent system with the same bits everywhere: what a checkpoint restores.</summary>
    public static ParticleSystem Copy(ParticleSystem s)
    {
        var copy = new ParticleSystem(s.SpeciesTable, s.Box, s.SlotCount)
        {
            Count = s.Count,
            KickLag = s.KickLag,
            AccelerationPerForce = s.AccelerationPerForce,
            Id = [.. s.Id],
            ClusterSpecies = [.. s.ClusterSpecies],
            X = [.. s.X],
            Y = [.. s.Y],
            Z = [.. s.Z],
            VX = [.. s.VX],
            VY = [.. s.VY],
            VZ = [.. s.VZ],
            FX = [.. s.FX],
            FY = [.. s.FY],
            FZ = [.. s.FZ],
            ImageX = [.. s.ImageX],
            ImageY = [.. s.ImageY],
            ImageZ = [.. s.ImageZ],
        };
        return copy;
    }

    public static void AssertSameBits(ParticleSystem a, ParticleSystem b)
    {
        Xunit.Assert.Equal(a.Box, b.Box);
        Xunit.Assert.Equal(a.KickLag, b.KickLag);
        Xunit.Assert.Equal(a.X, b.X);
        Xunit.Assert.Equal(a.Y, b.Y);
        Xunit.Assert.Equal(a.Z, b.Z);
        Xunit.Assert.Equal(a.VX, b.VX);
        Xunit.Assert.Equal(a.VY, b.VY);
        Xunit.Assert.Equal(a.VZ, b.VZ);
    }
}
