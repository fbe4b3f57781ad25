using Engine.Core.Dynamics;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Dynamics;

public class BussiThermostatTests
{
    /// <summary>The factor alone makes K ~ Gamma(N_f/2, kT) from any start, for few and many degrees of freedom.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(12)]
    [InlineData(18429)]
    public void FactorGivesTheGammaLaw(int degreesOfFreedom)
    {
        const double kT = 0.7, c = 0.3;
        var energies = new double[4000];
        var energy = 3 * degreesOfFreedom * kT;
        var random = new RandomSequence(21, RandomStream.BussiThermostat, 0);
        for (var i = -5; i < energies.Length; i++)
        {
            for (var k = 0; k < 5; k++) // 0.3⁵ = 0.002 of a correlation remains
            {
                var alpha = BussiThermostat.Factor(ref random, energy, kT, degreesOfFreedom, c);
                energy *= alpha * alpha;
            }
            if (i >= 0)
            {
                energies[i] = energy / kT;
            }
        }
        Assert.InRange(Statistics.KolmogorovSmirnov(energies, k => Statistics.GammaCumulative(0.5 * degreesOfFreedom, k)), 1e-3, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void IdealGasHasTheGammaLaw(int every)
    {
        const double kT = 2, timeStep = 0.01;
        var system = TestSystems.Random(5, Box.Cubic(5), 1, 4);
        InitialVelocities.Draw(system, Workers.Single, 1, kT);
        var thermostat = new BussiThermostat(6, relaxationTime: 0.05, every);
        var kinetics = new Kinetics();
        var dof = Kinetics.DegreesOfFreedom(system.Count, true);
        Assert.Equal(12, dof);
        var energies = new double[1500];
        for (var step = 0L; step < energies.Length * 25; step++) // samples 5 τ apart: exp(−5) of a correlation remains
        {
            thermostat.Apply(system, Workers.Single, kinetics, step, timeStep, kT, dof);
            if (step % 25 == 24)
            {
                energies[step / 25] = kinetics.KineticEnergy(system, Workers.Single) / kT;
            }
        }
        Assert.InRange(Statistics.KolmogorovSmirnov(energies, k => Statistics.GammaCumulative(6, k)), 1e-3, 1);
        Assert.InRange(kinetics.CentreOfMassVelocity(system, Workers.Single).Length, 0, 1e-12); // scaling keeps zero momentum
    }

    [Fact]
    public void EnergyMinusExchangeIsConserved()
    {
        const double kT = 0.5, timeStep = 0.002;
        var system = TestSystems.FaceCentredCubic(2, 1.7);
        var field = new AllPairsLennardJones(1.65);
        var kinetics = new Kinetics();
        var thermostat = new BussiThermostat(3, 0.05);
        var integrator = new VelocityVerlet();
        InitialVelocities.Draw(system, Workers.Single, 1, kT);
        var potential = field.Compute(system, true).Energy;
        var start = potential + kinetics.KineticEnergy(system, Workers.Single);
        var exchanged = 0.0;
        for (var step = 0L; step < 500; step++)
        {
            exchanged += thermostat.Apply(system, Workers.Single, kinetics, step, timeStep, kT, 93);
            integrator.Step(system, Workers.Single, step, timeStep, kT);
            potential = field.Compute(system, true).Energy;
        }
        var end = potential + kinetics.KineticEnergy(system, Workers.Single) - exchanged;
        Assert.True(Math.Abs(exchanged) > 0.1);
        // Energy error of velocity Verlet here: 32 particles, ω ≈ 30, (ω dt)²/8 of an energy of 24 shared between modes.
        Assert.Equal(start, end, 0.02);
    }

    [Fact]
    public void ParticlesAtRestAreARunFailure() => Assert.Throws<RunFailedException>(() =>
        new BussiThermostat(1, 1).Apply(TestSystems.AtOrigin(3), Workers.Single, new Kinetics(), 0, 0.1, 1, 9));

    [Fact]
    public void BadParametersAreInputErrors()
    {
        Assert.Throws<InputException>(() => new BussiThermostat(1, -1));
        Assert.Throws<InputException>(() => new BussiThermostat(1, 1, 0));
    }

    /// <summary>Langevin noise alone makes the same law.</summary>
    [Fact]
    public void LangevinGivesTheGammaLaw()
    {
        const double kT = 2;
        var system = TestSystems.AtOrigin(8, 1, 4);
        var integrator = new LangevinDynamics(13, 5);
        var kinetics = new Kinetics();
        var energies = new double[2000];
        for (var step = 0L; step < energies.Length * 4; step++) // exp(−4·2·0.75) = 0.002 of a correlation of v² remains
        {
            integrator.Step(system, Workers.Single, step, 0.15, kT);
            energies[step / 4] = kinetics.KineticEnergy(system, Workers.Single) / kT;
        }
        Assert.InRange(Statistics.KolmogorovSmirnov(energies, k => Statistics.GammaCumulative(12, k)), 1e-3, 1);
    }
}
