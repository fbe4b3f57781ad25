using Engine.Core.Dynamics;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Dynamics;

public class CellRescalingTests
{
    /// <summary>Ideal gas at constant pressure: V ~ Gamma(N + 1, kT/P₀), whatever shapes the cell may take.</summary>
    [Theory]
    [InlineData(PressureCoupling.Isotropic, true)]
    [InlineData(PressureCoupling.Isotropic, false)]
    [InlineData(PressureCoupling.Orthorhombic, true)]
    [InlineData(PressureCoupling.Anisotropic, true)]
    public void VolumeOfTheIdealGasHasTheGammaLaw(PressureCoupling coupling, bool velocities)
    {
        const double kT = 1, pressure = 2, timeStep = 0.1;
        const int count = 16, between = 100, samples = 500;
        var system = TestSystems.Random(count, Box.Cubic(2));
        InitialVelocities.Draw(system, Workers.Single, 9, kT, removeDrift: false);
        IIntegrator integrator = velocities ? new LangevinDynamics(9, 10) : new BrownianDynamics(9, 1);
        // Relaxation by βP₀dt/τ = 0.03 of ln V a step: the Euler error of the variance is half of that, samples keep exp(−3) of a correlation.
        var barostat = new CellRescaling(9, coupling, relaxationTime: 1, compressibility: 0.03 / (pressure * timeStep));
        var kinetics = new Kinetics();
        var field = new NoForces();
        var volumes = new double[samples];
        for (var step = 0L; step < (samples + 3) * between; step++)
        {
            barostat.Apply(
                system, Workers.Single, kinetics, field, step, timeStep, kT, pressure, SymmetricTensor.Zero, integrator.HasVelocities);
            integrator.Step(system, Workers.Single, step, timeStep, kT);
            if (step >= 3 * between && step % between == 0)
            {
                volumes[step / between - 3] = system.Box.Volume * pressure / kT;
            }
        }
        Assert.Equal((samples + 3) * between, field.BoxChanges);
        Assert.InRange(Statistics.KolmogorovSmirnov(volumes, v => Statistics.GammaCumulative(count + 1, v)), 1e-3, 1);
        // Four standard errors, and 5 % more for the correlation left.
        Assert.Equal(1, volumes.Average() / (count + 1), 4.2 / Math.Sqrt(samples * (count + 1.0)));
    }

    /// <summary>Fractional coordinates and the phase-space volume are kept; kicks are given before the map.</summary>
    [Fact]
    public void PositionsFollowTheCellAndMomentaTheInverse()
    {
        var box = new Box(5, 6, 7, 1, -0.5, 0.25, new(-1, 2, 3));
        var system = TestSystems.Random(50, box, 1, 2);
        InitialVelocities.Draw(system, Workers.Single, 1, 1);
        new HarmonicWells(0.1).Compute(system, false);
        var before = TestSystems.Copy(system);
        var barostat = new CellRescaling(1, PressureCoupling.Anisotropic, 1, 0.5);
        Assert.True(barostat.Apply(
            system, Workers.Single, new Kinetics(), new NoForces(), 0, 0.02, 1, 0.1, new(3, -4, 5, 2, -3, 4)));
        Assert.Equal(-0.01, system.KickLag);
        Assert.NotEqual(box.TiltXY, system.Box.TiltXY);
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var s = box.ToFractional(new(before.X[slot], before.Y[slot], before.Z[slot]));
            var r = system.Box.ToCartesian(s) - new Vector3d(system.X[slot], system.Y[slot], system.Z[slot]);
            Assert.InRange(r.Length, 0, 1e-13); // rounding of lengths of order 10
            // r·p is unchanged by x → Ux, p → U⁻ᵀp.
            var kick = 0.01 * before.AccelerationPerForce[before.SpeciesOf(slot)];
            var p = new Vector3d(
                before.VX[slot] + kick * before.FX[slot], before.VY[slot] + kick * before.FY[slot], before.VZ[slot] + kick * before.FZ[slot]);
            Assert.Equal(
                before.X[slot] * p.X + before.Y[slot] * p.Y + before.Z[slot] * p.Z,
                system.X[slot] * system.VX[slot] + system.Y[slot] * system.VY[slot] + system.Z[slot] * system.VZ[slot],
                1e-12);
        }
    }

    /// <summary>A negative lag means that the integrator's opening kick has been given already.</summary>
    [Fact]
    public void KicksAreGivenOnceWhenTheCellChanges()
    {
        var system = TestSystems.Create([new(1, 0, 0)], Box.Cubic(50));
        new HarmonicWells(1).Compute(system, false);
        system.KickLag = 0.05;
        var barostat = new CellRescaling(1, PressureCoupling.Isotropic, 1, 1e-30);
        barostat.Apply(system, Workers.Single, new Kinetics(), new NoForces(), 0, 0.2, 1, 0, SymmetricTensor.Zero);
        new VelocityVerlet().Step(system, Workers.Single, 0, 0.2, 1);
        Assert.Equal(-0.15, system.VX[0], 1e-14); // rounding; the cell changes by 1e-17
        Assert.Equal(1 - 0.2 * 0.15, system.X[0], 1e-14);
        Assert.Equal(0.1, system.KickLag);
    }

    [Fact]
    public void DeformationWithoutRotationKeepsTheMetric()
    {
        var (a, b, c) = (new Vector3d(1.01, 0.02, -0.03), new Vector3d(0.04, 0.97, 0.01), new Vector3d(-0.02, 0.03, 1.05));
        var r = CellDeformation.WithoutRotation(a, b, c);
        // RᵀR = FᵀF: lengths and angles of every mapped vector agree.
        Assert.Equal(a.LengthSquared, r.XX * r.XX, 1e-15);
        Assert.Equal(Vector3d.Dot(a, b), r.XX * r.XY, 1e-15);
        Assert.Equal(Vector3d.Dot(a, c), r.XX * r.XZ, 1e-15);
        Assert.Equal(b.LengthSquared, r.XY * r.XY + r.YY * r.YY, 1e-15);
        Assert.Equal(Vector3d.Dot(b, c), r.XY * r.XZ + r.YY * r.YZ, 1e-15);
        Assert.Equal(c.LengthSquared, r.XZ * r.XZ + r.YZ * r.YZ + r.ZZ * r.ZZ, 1e-15);
        var identity = r * r.Inverse;
        Assert.Equal(1, identity.XX, 1e-15);
        Assert.Equal(0, identity.XZ, 1e-15);
        Assert.Equal(0, identity.YZ, 1e-15);
    }

    [Fact]
    public void LargeTiltsAreReducedToTheSameLattice()
    {
        var box = new Box(5, 6, 7, 2.9, -8, 10);
        var system = TestSystems.Random(40, box);
        for (var slot = 0; slot < system.Count; slot++)
        {
            (system.ImageX[slot], system.ImageY[slot], system.ImageZ[slot]) = (slot % 3, slot % 5 - 2, slot % 7 - 3);
        }
        Vector3d Unwrapped(int i) => new Vector3d(system.X[i], system.Y[i], system.Z[i])
            + system.Box.Shift(system.ImageX[i], system.ImageY[i], system.ImageZ[i]);
        var before = Enumerable.Range(0, 40).Select(Unwrapped).ToArray();
        Assert.True(CellDeformation.Reduce(system));
        Assert.InRange(Math.Abs(system.Box.TiltXY), 0, 2.5);
        Assert.InRange(Math.Abs(system.Box.TiltXZ), 0, 2.5);
        Assert.InRange(Math.Abs(system.Box.TiltYZ), 0, 3);
        Assert.Equal(box.Volume, system.Box.Volume);
        for (var i = 0; i < 40; i++)
        {
            Assert.InRange((Unwrapped(i) - before[i]).Length, 0, 1e-13); // rounding of lengths of order 50
            var s = system.Box.ToFractional(new(system.X[i], system.Y[i], system.Z[i]));
            Assert.InRange(Math.Min(s.X, Math.Min(s.Y, s.Z)), 0, 1);
            Assert.InRange(Math.Max(s.X, Math.Max(s.Y, s.Z)), 0, Math.BitDecrement(1));
        }
        Assert.False(CellDeformation.Reduce(system));
    }

    [Fact]
    public void CollapsingCellIsARunFailure()
    {
        var system = TestSystems.Random(8, Box.Cubic(10));
        var barostat = new CellRescaling(1, PressureCoupling.Isotropic, 1, 1e-3, minimumWidth: 9.99);
        var error = Assert.Throws<RunFailedException>(() =>
            barostat.Apply(system, Workers.Single, new Kinetics(), new NoForces(), 7, 1, 1e-9, 50, SymmetricTensor.Zero));
        Assert.Contains("the barostat at step 7 made the cell 9.83", error.Message);
        Assert.Contains("no less than 9.99", error.Message);
    }

    [Fact]
    public void ViolentChangeOfVolumeIsARunFailure()
    {
        var system = TestSystems.Random(8, Box.Cubic(10));
        var barostat = new CellRescaling(1, PressureCoupling.Isotropic, 1, 1);
        var error = Assert.Throws<RunFailedException>(() =>
            barostat.Apply(system, Workers.Single, new Kinetics(), new NoForces(), 7, 1, 1e-9, 50, SymmetricTensor.Zero));
        Assert.Contains("minimise first", error.Message);
    }

    [Fact]
    public void OpenBoxAndBadParametersAreInputErrors()
    {
        var barostat = new CellRescaling(1, PressureCoupling.Isotropic, 1, 1);
        Assert.Throws<InputException>(() => barostat.Apply(
            TestSystems.AtOrigin(3), Workers.Single, new Kinetics(), new NoForces(), 0, 0.1, 1, 1, SymmetricTensor.Zero));
        Assert.Throws<InputException>(() => new CellRescaling(1, PressureCoupling.Isotropic, 0, 1));
        Assert.Throws<InputException>(() => new CellRescaling(1, PressureCoupling.Isotropic, 1, double.NaN));
    }

    [Fact]
    public void TriangularMapOfABoxMapsItsVectors()
    {
        var map = new TriangularMap(1.1, 0.9, 1.2, 0.1, -0.2, 0.3);
        var box = CellDeformation.Apply(map, new Box(5, 6, 7, 1, -0.5, 0.25));
        // U·c with c = (−0.5, 0.25, 7), by hand.
        Assert.Equal(1.1 * -0.5 + 0.1 * 0.25 - 0.2 * 7, box.TiltXZ, 1e-15);
        Assert.Equal(0.9 * 0.25 + 0.3 * 7, box.TiltYZ, 1e-15);
        Assert.Equal(1.2 * 7, box.LengthZ, 1e-15);
    }
}
