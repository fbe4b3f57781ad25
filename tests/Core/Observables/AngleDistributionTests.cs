using Engine.Core.Observables;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Observables;

public class AngleDistributionTests
{
    [Fact]
    public void FluoriteHasCubeAndTetrahedronAngles()
    {
        var angles = new AngleDistribution(
            new() { Cutoffs = new Dictionary<string, double> { ["Hf-O"] = 2.8 }, Bins = 90 }, UnitSystem.Metal);
        angles.Add(Samples.Fluorite(3, 5.1), Workers.Single);
        var result = angles.Result(Workers.Single);
        // The eight corners of a cube seen from its centre: 12 pairs at 70.53°, 12 at 109.47°, 4 at 180°; bins of 2°.
        var cube = result.Curve("P(θ)", "O-Hf-O").Y;
        Assert.Equal(12.0 / 28, 2 * cube[35], 1e-12);
        Assert.Equal(12.0 / 28, 2 * cube[54], 1e-12);
        Assert.Equal(4.0 / 28, 2 * cube[89], 1e-12);
        // Four Hf around O: the tetrahedron angle only.
        Assert.Equal(1, 2 * result.Curve("P(θ)", "Hf-O-Hf").Y[54], 1e-12);
        Assert.DoesNotContain(result.Plots[0].Curves, c => c.Name == "O-O-O");
    }

    [Fact]
    public void UncorrelatedDirectionsAreFlatOverSine()
    {
        var angles = new AngleDistribution(
            new() { Cutoffs = new Dictionary<string, double> { ["A-A"] = 2 }, Bins = 18, SineNormalised = true }, UnitSystem.LennardJones);
        var random = new Random(5);
        for (var f = 0; f < 10; f++)
        {
            angles.Add(Samples.IdealGas(random, 500, Box.Cubic(9)), Workers.Single);
        }
        var curve = angles.Result(Workers.Single).Curve("P(θ)/sin θ", "A-A-A");
        Assert.Equal(1.0, 10 * curve.Y.Sum(), 1e-12);
        for (var k = 0; k < 18; k++)
        {
            // 5000 centres with ~23 bonds, 1.3e6 angles, of which 0.8 % in the end bins: 1 % there, 4σ.
            Assert.InRange(curve.Y[k] * 180, 0.96, 1.04);
        }
    }

    [Fact]
    public void DefaultBondLengthIsTheFirstMinimum()
    {
        var angles = new AngleDistribution(new(), UnitSystem.Metal);
        angles.Add(Samples.Fluorite(3, 5.1), Workers.Single);
        Assert.Contains(angles.Result(Workers.Single).Notes, n => n.Contains("Hf-O <") && n.Contains("first minima"));
    }

    /// <summary>Of small systems one frame does not show where g(r) is least: 20 000 positions do, 62 frames of 324 particles.</summary>
    [Fact]
    public void DefaultBondLengthsOfSmallSystemsComeFromManyFrames()
    {
        var random = new Random(3);
        var angles = new AngleDistribution(new(), UnitSystem.Metal);
        for (var f = 0; f < 70; f++)
        {
            var frame = Samples.Fluorite(3, 5.1);
            for (var k = 0; k < frame.Positions.Length; k++)
            {
                frame.Positions[k] += 0.3 * (random.NextDouble() + random.NextDouble() - 1);
            }
            angles.Add(frame, Workers.Single);
        }
        var note = Assert.Single(angles.Result(Workers.Single).Notes, n => n.Contains("in the first 62 frames"));
        // Hf at 3.61 and 5.1 from Hf: the gap is between, far from both.
        var length = double.Parse(note.Split("Hf-Hf < ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(length, 4.1, 4.7);
    }
}
