using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Dynamics;

public class IntegratorTests
{
    /// <summary>Stationary state of BAOAB in a harmonic well: ⟨x²⟩ = kT/(mω²), ⟨v²⟩ = (kT/m)(1 − ω²dt²/4), for any friction.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    public void BaoabSamplesTheOscillatorExactly(double timeStep)
    {
        const double kT = 0.7, mass = 2;
        var system = TestSystems.AtOrigin(2000, mass);
        var wells = new HarmonicWells(mass); // ω = 1
        var integrator = new LangevinDynamics(11, 1);
        var kinetics = new Kinetics();
        wells.Compute(system, false);
        InitialVelocities.Draw(system, Workers.Single, 11, kT, removeDrift: false);
        // exp(−t/2) = 0.02 remains of a correlation after t = 8: samples 8 apart are independent.
        var between = (int)Math.Ceiling(8 / timeStep);
        const int samples = 17;
        double x2 = 0, v2 = 0;
        var step = 0L;
        for (var sample = -2; sample < samples; sample++)
        {
            for (var i = 0; i < between; i++)
            {
                integrator.Step(system, Workers.Single, step++, timeStep, kT);
                wells.Compute(system, false);
            }
            if (sample >= 0)
            {
                x2 += wells.Compute(system, true).Energy * 2 / mass;
                v2 += kinetics.KineticEnergy(system, Workers.Single) * 2 / mass;
            }
        }
        var count = samples * 3.0 * system.Count;
        // Four standard errors of a mean of 1e5 squares of normal numbers.
        var error = 4 * Math.Sqrt(2 / count);
        Assert.Equal(1, x2 / count / (kT / mass), error);
        Assert.Equal(1, v2 / count / (kT / mass * (1 - timeStep * timeStep / 4)), error);
    }

    /// <summary>
    /// Free particle under BAOAB: x gains ½dt(v + v′) with ⟨vₙ vₙ₊ₖ⟩ = (kT/m) exp(−γk dt), so the mean square displacement is a finite sum and
    /// D = (kT/m)(dt/2) coth(γdt/2).
    /// </summary>
    [Fact]
    public void FreeParticleDiffusesExactly()
    {
        const double kT = 1.3, mass = 0.8, friction = 2, timeStep = 0.25;
        const int particles = 4000, window = 24, windows = 25;
        var system = TestSystems.AtOrigin(particles, mass);
        var integrator = new LangevinDynamics(5, friction);
        InitialVelocities.Draw(system, Workers.Single, 5, kT, removeDrift: false);
        var sum = 0.0;
        for (var w = 0; w < windows; w++)
        {
            Array.Clear(system.X);
            Array.Clear(system.Y);
            Array.Clear(system.Z);
            for (var i = 0; i < window; i++)
            {
                integrator.Step(system, Workers.Single, w * window + i, timeStep, kT);
            }
            for (var i = 0; i < system.SlotCount; i++)
            {
                sum += system.Id[i] < 0 ? 0 : system.X[i] * system.X[i] + system.Y[i] * system.Y[i] + system.Z[i] * system.Z[i];
            }
        }

        double Expected(int steps)
        {
            var c = Math.Exp(-friction * timeStep);
            var covariance = 0.0;
            for (var i = 0; i < steps; i++)
            {
                for (var j = 0; j < steps; j++)
                {
                    covariance += 2 * Math.Pow(c, Math.Abs(i - j)) + Math.Pow(c, Math.Abs(i - j + 1)) + Math.Pow(c, Math.Abs(i - j - 1));
                }
            }
            return timeStep * timeStep / 4 * kT / mass * covariance;
        }

        var samples = 3.0 * particles * windows;
        // Squares of normal numbers, 3e5 of them; windows overlap in memory by exp(−γdt) only.
        Assert.Equal(1, sum / samples / Expected(window), 4 * Math.Sqrt(2 / samples));
        var slope = (Expected(401) - Expected(400)) / (2 * timeStep);
        Assert.Equal(kT / mass * timeStep / 2 / Math.Tanh(friction * timeStep / 2), slope, 1e-10); // c⁴⁰⁰ = 1e-87; rounding of a sum of 1.6e5 terms
    }

    /// <summary>Exact discrete results: kT/k for Leimkuhler–Matthews, kT/k/(1 − k dt/(2mγ)) for Euler–Maruyama.</summary>
    [Theory]
    [InlineData(BrownianScheme.EulerMaruyama)]
    [InlineData(BrownianScheme.LeimkuhlerMatthews)]
    public void BrownianOscillator(BrownianScheme scheme)
    {
        const double kT = 0.7, mass = 2, friction = 1, stiffness = 2, timeStep = 0.5;
        var system = TestSystems.AtOrigin(2000, mass);
        var wells = new HarmonicWells(stiffness);
        var integrator = new BrownianDynamics(3, friction, scheme);
        wells.Compute(system, false);
        var sum = 0.0;
        const int samples = 17, between = 8; // (1 − ½)⁸ = 0.004 of a correlation remains
        for (var step = 0L; step < (samples + 3) * between; step++)
        {
            integrator.Step(system, Workers.Single, step, timeStep, kT);
            var energy = wells.Compute(system, true).Energy;
            sum += step >= 3 * between && step % between == 0 ? 2 * energy / stiffness : 0;
        }
        var expected = kT / stiffness / (scheme == BrownianScheme.EulerMaruyama ? 1 - stiffness * timeStep / (2 * mass * friction) : 1);
        var count = samples * 3.0 * system.Count;
        Assert.Equal(1, sum / count / expected, 4 * Math.Sqrt(2 / count)); // four standard errors
    }

    [Fact]
    public void VelocityVerletIsTimeReversible()
    {
        var system = TestSystems.FaceCentredCubic(2, 1.7);
        var start = TestSystems.Copy(system);
        var field = new AllPairsLennardJones(1.65);
        var integrator = new VelocityVerlet();
        InitialVelocities.Draw(system, Workers.Single, 1, 1.0);
        field.Compute(system, false);
        var initial = TestSystems.Copy(system);
        Run(integrator, field, system, 1000, 0.002);
        Assert.True(Difference(system, start) > 0.1);
        new Kinetics().Scale(system, Workers.Single, -1);
        Run(integrator, field, system, 1000, 0.002);
        // Rounding errors of 1e-16 grow exponentially in 4 time units by some five orders.
        Assert.InRange(Difference(system, start), 0, 1e-9);
        var back = system.ToConfiguration().Velocities!;
        var forth = initial.ToConfiguration().Velocities!;
        for (var i = 0; i < back.Length; i++)
        {
            Assert.Equal(-forth[i], back[i], 1e-8);
        }
    }

    /// <summary>Energy error of velocity Verlet is second order: four times as large at twice the step.</summary>
    [Fact]
    public void EnergyErrorIsSecondOrder()
    {
        double Error(double timeStep)
        {
            var system = TestSystems.Create([new(1, 0, 0), new(0, 0.5, 0.25)], TestSystems.Open, 1.0, 2.0);
            var wells = new HarmonicWells(1);
            var kinetics = new Kinetics();
            var integrator = new VelocityVerlet();
            var start = wells.Compute(system, true).Energy;
            var sum = 0.0;
            var steps = (int)Math.Round(20 / timeStep);
            for (var i = 0; i < steps; i++)
            {
                integrator.Step(system, Workers.Single, i, timeStep, 0);
                var e = wells.Compute(system, true).Energy + kinetics.KineticEnergy(system, Workers.Single) - start;
                sum += e * e;
            }
            return Math.Sqrt(sum / steps);
        }

        // Next order in (ω dt)² = 0.01.
        Assert.Equal(4, Error(0.1) / Error(0.05), 0.05);
    }

    /// <summary>The merged kicks equal textbook velocity Verlet with two half kicks a step, also where the time step changes.</summary>
    [Fact]
    public void TimeStepMayChangeFromStepToStep()
    {
        var system = TestSystems.Create([new(1, 0.5, -0.25)], TestSystems.Open, 3.0);
        var wells = new HarmonicWells(2);
        var integrator = new VelocityVerlet();
        wells.Compute(system, false);
        var (x, v) = (system.X[0], 0.0);
        var steps = new[] { 0.1, 0.1, 0.02, 0.3, 0.3, 0.05 };
        for (var i = 0; i < 60; i++)
        {
            var dt = steps[i % steps.Length];
            integrator.Step(system, Workers.Single, i, dt, 0);
            wells.Compute(system, false);
            v += 0.5 * dt * -2 * x / 3;
            x += dt * v;
            v += 0.5 * dt * -2 * x / 3;
            var shot = system.ToConfiguration();
            Assert.Equal(x, shot.Positions[0], 1e-13); // rounding, 60 steps
            Assert.Equal(v, shot.Velocities![0], 1e-13);
        }
    }

    [Fact]
    public void LangevinWithoutFrictionConservesEnergy()
    {
        var system = TestSystems.Create([new(1, 0, 0)], TestSystems.Open);
        var wells = new HarmonicWells(1);
        var integrator = new LangevinDynamics(1, 0);
        wells.Compute(system, false);
        for (var i = 0; i < 1000; i++)
        {
            integrator.Step(system, Workers.Single, i, 0.1, 5);
            wells.Compute(system, false);
        }
        var energy = wells.Compute(system, true).Energy + new Kinetics().KineticEnergy(system, Workers.Single);
        Assert.Equal(0.5, energy, 0.5 * 0.1 * 0.1); // bounded by the shadow Hamiltonian, O(dt²)
    }

    [Fact]
    public void BrownianPaysTheLagOfAnEarlierStage()
    {
        var system = TestSystems.Create([new(1, 0, 0)], TestSystems.Open);
        new HarmonicWells(1).Compute(system, false);
        system.KickLag = 0.25;
        new BrownianDynamics(1, 1).Step(system, Workers.Single, 0, 0.1, 0);
        Assert.Equal((0, -0.25), (system.KickLag, system.VX[0]));
        Assert.Equal(0.9, system.X[0], 1e-15); // one rounding
    }

    /// <summary>Noise belongs to the particle, not to its slot; vacant slots stay at rest.</summary>
    [Fact]
    public void NoiseFollowsTheIdAndSparesVacantSlots()
    {
        var a = TestSystems.AtOrigin(13);
        var b = TestSystems.Copy(a);
        (b.Id[2], b.Id[9]) = (b.Id[9], b.Id[2]);
        var integrator = new LangevinDynamics(8, 1);
        integrator.Step(a, Workers.Single, 4, 0.1, 1);
        integrator.Step(b, Workers.Single, 4, 0.1, 1);
        Assert.Equal((a.X[2], a.VY[9]), (b.X[9], b.VY[2]));
        Assert.NotEqual(a.X[2], a.X[9]);
        for (var slot = 13; slot < a.SlotCount; slot++)
        {
            Assert.Equal((0, 0, 0), (a.VX[slot], a.VY[slot], a.VZ[slot]));
        }
    }

    [Fact]
    public void BadFrictionIsAnInputError()
    {
        Assert.Throws<InputException>(() => new LangevinDynamics(1, -1));
        Assert.Throws<InputException>(() => new LangevinDynamics(1, double.NaN));
        Assert.Throws<InputException>(() => new BrownianDynamics(1, 0));
    }

    [Fact]
    public void StepsAllocateNothing()
    {
        var system = TestSystems.AtOrigin(3000, 1, 2);
        IIntegrator[] integrators = [new VelocityVerlet(), new LangevinDynamics(1, 1), new BrownianDynamics(1, 1)];
        foreach (var integrator in integrators)
        {
            integrator.Step(system, Workers.Single, 0, 0.1, 1);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10; i++)
            {
                integrator.Step(system, Workers.Single, i, 0.1, 1);
            }
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    private static void Run(IIntegrator integrator, IForceField field, ParticleSystem system, int steps, double timeStep)
    {
        for (var i = 0; i < steps; i++)
        {
            integrator.Step(system, Workers.Single, i, timeStep, 0);
            field.Compute(system, false);
        }
    }

    private static double Difference(ParticleSystem a, ParticleSystem b)
    {
        var largest = 0.0;
        for (var i = 0; i < a.SlotCount; i++)
        {
            largest = Math.Max(largest, new Vector3d(a.X[i] - b.X[i], a.Y[i] - b.Y[i], a.Z[i] - b.Z[i]).Length);
        }
        return largest;
    }
}
