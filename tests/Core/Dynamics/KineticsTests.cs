using Engine.Core.Dynamics;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Dynamics;

public class KineticsTests
{
    [Fact]
    public void SumsApplyTheLagAndSkipVacantSlots()
    {
        var system = Lagging(1500);
        var kinetics = new Kinetics();
        var frame = system.ToConfiguration();
        var (tensor, momentum, mass) = (SymmetricTensor.Zero, Vector3d.Zero, 0.0);
        for (var i = 0; i < frame.Count; i++)
        {
            var m = frame.SpeciesTable[frame.Species[i]].Mass;
            var v = new Vector3d(frame.Velocities![3 * i], frame.Velocities[3 * i + 1], frame.Velocities[3 * i + 2]);
            tensor += m * SymmetricTensor.Outer(v, v);
            momentum += m * v;
            mass += m;
        }
        var found = kinetics.KineticTensor(system, Workers.Single);
        // 1500 terms of order 1, each rounded at 1e-16.
        Assert.Equal(tensor.XX, found.XX, 1e-10);
        Assert.Equal(tensor.ZZ, found.ZZ, 1e-10);
        Assert.Equal(tensor.XY, found.XY, 1e-10);
        Assert.Equal(tensor.YZ, found.YZ, 1e-10);
        var drift = kinetics.CentreOfMassVelocity(system, Workers.Single);
        Assert.InRange((drift - momentum / mass).Length, 0, 1e-13);
    }

    [Fact]
    public void RemoveDriftLeavesNoMomentum()
    {
        var system = Lagging(1500);
        var kinetics = new Kinetics();
        kinetics.RemoveDrift(system, Workers.Single);
        Assert.InRange(kinetics.CentreOfMassVelocity(system, Workers.Single).Length, 0, 1e-15); // rounding of one subtraction
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            Assert.True(system.Id[slot] >= 0 || system.VX[slot] == 0);
        }
    }

    [Fact]
    public void ScaleActsOnTheVelocitiesOfTheStep()
    {
        var system = Lagging(20);
        var before = system.ToConfiguration().Velocities!;
        new Kinetics().Scale(system, Workers.Single, 0.6);
        Assert.Equal(0.3, system.KickLag);
        var after = system.ToConfiguration().Velocities!;
        for (var i = 0; i < before.Length; i++)
        {
            Assert.Equal(0.6 * before[i], after[i], 1e-14); // numbers of order 5
        }
    }

    [Fact]
    public void PayLagKeepsTheVelocitiesOfTheStep()
    {
        var system = Lagging(20);
        var before = system.ToConfiguration().Velocities!;
        new Kinetics().PayLag(system, Workers.Single);
        Assert.Equal(0, system.KickLag);
        Assert.Equal(before, system.ToConfiguration().Velocities!);
    }

    [Fact]
    public void InitialVelocitiesFollowMaxwellAndBoltzmann()
    {
        const double temperature = 300;
        var units = UnitSystem.Metal;
        var frame = new Configuration
        {
            Box = Box.Cubic(10),
            SpeciesTable = [new("Hf", 178.49), new("O", 15.999)],
            Species = [.. Enumerable.Range(0, 9000).Select(i => i % 3 == 0 ? 0 : 1)],
            Positions = new double[27000],
        };
        var system = ParticleSystem.FromConfiguration(frame, units);
        var kinetics = new Kinetics();
        InitialVelocities.Draw(system, Workers.Single, 4, units.Boltzmann * temperature);
        var squares = new double[2];
        var velocities = system.ToConfiguration().Velocities!;
        for (var i = 0; i < velocities.Length; i++)
        {
            squares[frame.Species[i / 3]] += velocities[i] * velocities[i];
        }
        // ⟨m v²⟩ = kT in each direction: mean of 9000 (Hf) and 18000 (O) squares, four standard errors.
        var perSquare = units.MassVelocitySquared / (units.Boltzmann * temperature);
        Assert.Equal(1, 178.49 * perSquare * squares[0] / 9000, 4 * Math.Sqrt(2 / 9000.0));
        Assert.Equal(1, 15.999 * perSquare * squares[1] / 18000, 4 * Math.Sqrt(2 / 18000.0));
        Assert.InRange(kinetics.CentreOfMassVelocity(system, Workers.Single).Length, 0, 1e-12); // velocities reach 10 Å/ps

        var width = Math.Sqrt(units.Boltzmann * temperature / (15.999 * units.MassVelocitySquared));
        var oxygen = Enumerable.Range(0, system.SlotCount)
            .Where(s => system.Id[s] >= 0 && system.SpeciesOf(s) == 1).Select(s => system.VY[s] / width).ToArray();
        Assert.InRange(Statistics.KolmogorovSmirnov(oxygen, Statistics.NormalCumulative), 1e-3, 1);

        InitialVelocities.Draw(system, Workers.Single, 4, units.Boltzmann * temperature, exact: true);
        var energy = kinetics.KineticEnergy(system, Workers.Single);
        var exact = Kinetics.Temperature(energy, Kinetics.DegreesOfFreedom(system.Count, true), units.Boltzmann);
        Assert.Equal(temperature, exact, 1e-9); // rounding of a sum of 27000 terms
    }

    [Fact]
    public void NegativeTemperatureIsAnInputError() =>
        Assert.Throws<InputException>(() => InitialVelocities.Draw(TestSystems.AtOrigin(1), Workers.Single, 1, -1));

    private static ParticleSystem Lagging(int count)
    {
        var system = TestSystems.Random(count, Box.Cubic(5), 1, 3);
        InitialVelocities.Draw(system, Workers.Single, 2, 1, removeDrift: false);
        new HarmonicWells(1).Compute(system, false);
        system.KickLag = 0.3;
        return system;
    }
}
