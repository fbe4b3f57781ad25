using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Xunit;

namespace Engine.Tests.Core.Particles;

public class ParticleSystemTests
{
    private static Configuration Frame()
    {
        var random = new Random(1);
        const int count = 37;
        var frame = new Configuration
        {
            Box = new Box(5, 6, 7, 1, -0.5, 0.25, new(-1, 2, 3)),
            SpeciesTable = [new("Hf", 178.49), new("O", 15.999), new("unused", 0)],
            Species = new int[count],
            Positions = new double[3 * count],
            Images = new int[3 * count],
            Velocities = new double[3 * count],
        };
        for (var i = 0; i < count; i++)
        {
            frame.Species[i] = i % 3 == 0 ? 0 : 1;
        }
        for (var i = 0; i < 3 * count; i++)
        {
            frame.Positions[i] = 60 * random.NextDouble() - 30;
            frame.Images[i] = random.Next(-3, 4);
            frame.Velocities[i] = random.NextDouble();
        }
        return frame;
    }

    [Fact]
    public void SlotsHoldEachParticleOnceAndClustersOneSpecies()
    {
        var frame = Frame();
        var system = ParticleSystem.FromConfiguration(frame, UnitSystem.Metal);
        Assert.Equal(0, system.SlotCount % ParticleSystem.ClusterSize);
        var seen = new bool[frame.Count];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var id = system.Id[slot];
            if (id < 0)
            {
                Assert.Equal(0, system.VX[slot]);
                continue;
            }
            Assert.False(seen[id]);
            seen[id] = true;
            Assert.Equal(frame.Species[id], system.SpeciesOf(slot));
        }
        Assert.DoesNotContain(false, seen);
        Assert.Equal(1 / (15.999 * UnitSystem.Metal.MassVelocitySquared), system.AccelerationPerForce[1]);
    }

    [Fact]
    public void SnapshotIsWrappedAndKeepsUnwrappedPositions()
    {
        var frame = Frame();
        var system = ParticleSystem.FromConfiguration(frame, UnitSystem.Metal);
        var shot = system.ToConfiguration(7, 0.25);
        Assert.Equal((7, 0.25), (shot.Step, shot.Time));
        for (var i = 0; i < frame.Count; i++)
        {
            var s = frame.Box.ToFractional(shot.Position(i));
            Assert.InRange(s.X, 0, Math.BitDecrement(1));
            Assert.InRange(s.Y, 0, Math.BitDecrement(1));
            Assert.InRange(s.Z, 0, Math.BitDecrement(1));
            // Coordinates reach 60; a few roundings of numbers of that size.
            Assert.InRange((shot.UnwrappedPosition(i) - frame.UnwrappedPosition(i)).Length, 0, 1e-13);
            Assert.Equal(frame.Velocities![3 * i + 1], shot.Velocities![3 * i + 1]);
        }
    }

    [Fact]
    public void SnapshotVelocitiesApplyTheKickLag()
    {
        var system = ParticleSystem.FromConfiguration(Frame(), UnitSystem.LennardJones);
        system.KickLag = 0.5;
        Array.Fill(system.FX, 178.49);
        var shot = system.ToConfiguration();
        Assert.Equal(Frame().Velocities![0] + 0.5, shot.Velocities![0], 1e-15); // one rounding
    }

    [Theory]
    [InlineData(-1e-17)]
    [InlineData(10.0)]
    [InlineData(-10.0)]
    [InlineData(9.999999999999998)]
    public void PointsOnAFaceAreWrappedInside(double x)
    {
        var (position, i, _, _) = ParticleSystem.Wrap(Box.Cubic(10), new(x, 5, 5));
        Assert.InRange(position.X, 0, Math.BitDecrement(10.0));
        Assert.Equal(x, position.X + 10.0 * i, 1e-15);
    }

    [Fact]
    public void OpenAxesAreNotWrapped()
    {
        var (position, i, _, _) = ParticleSystem.Wrap(Box.Cubic(10) with { PeriodicX = false }, new(25, 25, 5));
        Assert.Equal((25, 5, 0), (position.X, position.Y, i));
    }

    [Fact]
    public void MissingMassIsAnInputError()
    {
        var frame = Frame();
        frame.SpeciesTable = [new("Hf", 178.49), new("O", 0)];
        var error = Assert.Throws<InputException>(() => ParticleSystem.FromConfiguration(frame, UnitSystem.Metal));
        Assert.Contains("species O has mass 0", error.Message);
    }
}
