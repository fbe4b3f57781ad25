using Engine.Core.Dynamics;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Dynamics;

public class FireMinimiserTests
{
    /// <summary>The icosahedron of 13 Lennard-Jones particles: −44.326801 (Cambridge Cluster Database).</summary>
    [Fact]
    public void FindsTheThirteenParticleIcosahedron()
    {
        var system = PerturbedIcosahedron();
        var minimiser = new FireMinimiser(new() { MaximumForce = 1e-6, TimeStep = 0.005, MaximumDisplacement = 0.05 });
        var largestMove = 0.0;
        var previous = TestSystems.Copy(system);
        var result = minimiser.Run(system, Workers.Single, new AllPairsLennardJones(), _ =>
        {
            for (var i = 0; i < system.SlotCount; i++)
            {
                var move = new Vector3d(system.X[i] - previous.X[i], system.Y[i] - previous.Y[i], system.Z[i] - previous.Z[i]);
                largestMove = Math.Max(largestMove, move.Length);
            }
            previous = TestSystems.Copy(system);
            return true;
        });
        Assert.True(result.Converged);
        Assert.InRange(result.MaximumForce, 0, 1e-6);
        Assert.Equal(-44.326801, minimiser.Forces.Energy, 6e-7); // digits of the reference
        Assert.InRange(result.Steps, 10, 600);
        // The cap, and half a step back of one that was not capped.
        Assert.InRange(largestMove, 0.01, 0.0751);
        Assert.Equal(0, system.VX[0]);
    }

    /// <summary>Pairs at 0.3 of their diameter push with 10⁷ and more: what is cut to the largest move must not be gone back whole.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void PartsWhatOverlaps(int seed)
    {
        var random = new Random(seed);
        var system = TestSystems.FaceCentredCubic(3, 1.7);
        for (var i = 0; i < system.SlotCount; i += 2)
        {
            // Every second one next to another.
            var direction = 2 * Math.PI * random.NextDouble();
            (system.X[i], system.Y[i], system.Z[i]) = (system.X[i + 1] + 0.3 * Math.Cos(direction), system.Y[i + 1] + 0.3 * Math.Sin(direction), system.Z[i + 1]);
        }
        var minimiser = new FireMinimiser(new() { MaximumForce = 1e-3, TimeStep = 0.003, MaximumDisplacement = 0.05, MaximumSteps = 3000 });
        Assert.True(minimiser.Run(system, Workers.Single, new AllPairsLennardJones(2.0)).Converged);
        Assert.InRange(minimiser.Forces.Energy / system.Count, -8, -3);
    }

    /// <summary>Relaxed cell of the crystal: the pressure is the target, and the lattice constant that of the energy's own minimum.</summary>
    [Theory]
    [InlineData(PressureCoupling.Isotropic, 0.0)]
    [InlineData(PressureCoupling.Orthorhombic, 0.0)]
    [InlineData(PressureCoupling.Anisotropic, 0.0)]
    [InlineData(PressureCoupling.Isotropic, 5.0)]
    public void RelaxesTheCell(PressureCoupling coupling, double pressure)
    {
        // Neighbour shells at a/√2 = 1.10 and a = 1.56 lie inside the cutoff, the next one at 1.91 outside.
        var field = new AllPairsLennardJones(1.7);
        var system = TestSystems.FaceCentredCubic(3, 1.6);
        if (coupling == PressureCoupling.Anisotropic)
        {
            Shear(system, 0.03);
        }
        var minimiser = new FireMinimiser(new()
        {
            MaximumForce = 1e-7,
            TimeStep = 0.005,
            RelaxBox = coupling,
            Pressure = pressure,
            PressureTolerance = 1e-7,
        });
        var result = minimiser.Run(system, Workers.Single, field);
        Assert.True(result.Converged);
        Assert.Equal(pressure, result.Pressure, 1e-7);
        Assert.InRange(result.PressureDeviation, 0, 1e-7);
        Assert.InRange(result.Steps, 10, 1000);

        double Enthalpy(double a) => field.Compute(TestSystems.FaceCentredCubic(3, a), true).Energy + pressure * Math.Pow(3 * a, 3);
        var (low, high) = (1.3, 1.65);
        for (var i = 0; i < 60; i++)
        {
            var (x, y) = (low + 0.382 * (high - low), low + 0.618 * (high - low));
            (low, high) = Enthalpy(x) < Enthalpy(y) ? (low, y) : (x, high);
        }
        // A minimum is located to the square root of the rounding of the energy: 1e-7.
        Assert.Equal(0.5 * (low + high), system.Box.LengthX / 3, 1e-6);
        Assert.Equal(system.Box.LengthX, Math.Cbrt(system.Box.Volume), 1e-6);
        Assert.Equal(0, system.Box.TiltXY, 1e-6);
    }

    [Fact]
    public void StopsWhenStepsAreUsedUpAndSaysSo()
    {
        var minimiser = new FireMinimiser(new() { MaximumForce = 1e-6, TimeStep = 0.005, MaximumSteps = 3 });
        var result = minimiser.Run(PerturbedIcosahedron(), Workers.Single, new AllPairsLennardJones());
        Assert.False(result.Converged);
        Assert.Equal(3, result.Steps);
        Assert.True(double.IsFinite(minimiser.Forces.Energy));
    }

    [Fact]
    public void OverlapIsARunFailure()
    {
        var system = TestSystems.Create([new(1, 1, 1), new(1, 1, 1)], TestSystems.Open);
        var minimiser = new FireMinimiser(new() { MaximumForce = 1, TimeStep = 0.005 });
        var error = Assert.Throws<RunFailedException>(() => minimiser.Run(system, Workers.Single, new AllPairsLennardJones()));
        Assert.Contains("overlap", error.Message);
    }

    [Fact]
    public void BadSettingsAreInputErrors()
    {
        Assert.Throws<InputException>(() => new FireMinimiser(new() { MaximumForce = 0, TimeStep = 1 }));
        Assert.Throws<InputException>(() => new FireMinimiser(new() { MaximumForce = 1, TimeStep = double.NaN }));
    }

    private static void Shear(ParticleSystem system, double amount)
    {
        for (var i = 0; i < system.SlotCount; i++)
        {
            system.X[i] += amount * system.Y[i];
            system.Y[i] += amount * system.Z[i];
        }
        var box = system.Box;
        system.Box = box with
        {
            TiltXY = amount * box.LengthY,
            TiltYZ = amount * box.LengthZ,
        };
    }

    private static ParticleSystem PerturbedIcosahedron()
    {
        var random = new Random(3);
        var golden = 0.5 * (1 + Math.Sqrt(5));
        var places = new List<Vector3d> { Vector3d.Zero };
        foreach (var (s, t) in new[] { (1, 1), (1, -1), (-1, 1), (-1, -1) })
        {
            places.Add(new(0, s, t * golden));
            places.Add(new(s, t * golden, 0));
            places.Add(new(t * golden, 0, s));
        }
        double Noise() => 0.3 * (random.NextDouble() - 0.5);
        return TestSystems.Create([.. places.Select(r => 0.57 * r + new Vector3d(Noise(), Noise(), Noise()))], TestSystems.Open);
    }
}
