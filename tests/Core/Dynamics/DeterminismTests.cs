using Engine.Core.Dynamics;
using Engine.Core.Particles;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Dynamics;

public class DeterminismTests
{
    /// <summary>Five blocks of slots, so that threads do share the work.</summary>
    private const int Count = 5000;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void BitsDoNotDependOnThreads(int threads)
    {
        using var team = new Workers(threads);
        var (a, b) = (Start(Workers.Single), Start(team));
        Assert.Equal(Run(a, new(), Workers.Single, 0, 12), Run(b, new(), team, 0, 12));
        TestSystems.AssertSameBits(a, b);
    }

    [Fact]
    public void ACheckpointContinuesWithTheSameBits()
    {
        var whole = Start(Workers.Single);
        var energies = Run(whole, new(), Workers.Single, 0, 20);

        var half = Start(Workers.Single);
        var before = Run(half, new(), Workers.Single, 0, 11);
        var restored = TestSystems.Copy(half);
        var after = Run(restored, new(), Workers.Single, 11, 20);

        TestSystems.AssertSameBits(whole, restored);
        Assert.Equal(energies, before.Concat(after));
    }

    [Fact]
    public void MinimiserBitsDoNotDependOnThreads()
    {
        using var team = new Workers(3);
        var field = new HarmonicWells(1);
        var (a, b) = (Start(Workers.Single), Start(team));
        var settings = new FireSettings { MaximumForce = 1e-9, TimeStep = 0.1, MaximumSteps = 15 };
        Assert.Equal(
            new FireMinimiser(settings).Run(a, Workers.Single, field), new FireMinimiser(settings).Run(b, team, field));
        TestSystems.AssertSameBits(a, b);
    }

    private static ParticleSystem Start(Workers workers)
    {
        var system = TestSystems.Random(Count, Box.Cubic(20), 1, 2, 5);
        InitialVelocities.Draw(system, workers, 1, 1, exact: true);
        new HarmonicWells(0.5).Compute(system, false);
        return system;
    }

    private static double[] Run(ParticleSystem system, Baths baths, Workers workers, long from, long to)
    {
        var wells = new HarmonicWells(0.5);
        var kinetics = new Kinetics();
        var energies = new List<double>();
        for (var step = from; step < to; step++)
        {
            energies.Add(baths.Bussi.Apply(system, workers, kinetics, step, 0.01, 1.2, 3 * Count - 3));
            baths.Cell.Apply(system, workers, kinetics, wells, step, 0.01, 1.2, 1, SymmetricTensor.Isotropic(-10));
            IIntegrator integrator = step % 4 == 3 ? baths.Newton : baths.Langevin;
            integrator.Step(system, workers, step, 0.01, 1.2);
            wells.Compute(system, false);
            energies.Add(kinetics.KineticEnergy(system, workers));
        }
        return [.. energies];
    }

    private sealed class Baths
    {
        public BussiThermostat Bussi { get; } = new(7, 0.1, every: 2);

        public CellRescaling Cell { get; } = new(7, PressureCoupling.Anisotropic, 1, 0.01, every: 3);

        public LangevinDynamics Langevin { get; } = new(7, 1);

        public VelocityVerlet Newton { get; } = new();
    }
}
