using Engine.Core.Observables;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Observables;

public class RadialDistributionTests
{
    [Fact]
    public void IdealGasIsOneEverywhere()
    {
        const int Count = 1000, Frames = 20, Bins = 100;
        var box = new Box(10, 11, 12, 2, -1.5, 3);
        var radial = new RadialDistribution(new() { Bins = Bins }, UnitSystem.LennardJones);
        var random = new Random(1);
        for (var f = 0; f < Frames; f++)
        {
            radial.Add(Samples.IdealGas(random, Count, box), Workers.Single);
        }
        var g = radial.Result(Workers.Single).Curve("g(r)", "A-A");
        var width = radial.Maximum / Bins;
        for (var k = 5; k < Bins; k++)
        {
            // The number of unordered pairs in a shell is Poisson to 1/N: σ(g) = 1/√pairs; 4 of them.
            var shell = 4 * Math.PI / 3 * (Math.Pow((k + 1) * width, 3) - Math.Pow(k * width, 3));
            var pairs = 0.5 * Count * (Count - 1) * shell / box.Volume * Frames;
            Assert.InRange(g.Y[k], 1 - 4 / Math.Sqrt(pairs), 1 + 4 / Math.Sqrt(pairs));
        }
        Assert.NotNull(g.Error);
        // The quoted errors must be of the size of the true ones: 16 to 8 blocks know their error to 25 %, averaged over the last 40 bins to 5 %.
        var ratio = Enumerable.Range(60, 40).Average(k =>
        {
            var shell = 4 * Math.PI / 3 * (Math.Pow((k + 1) * width, 3) - Math.Pow(k * width, 3));
            return g.Error[k] * Math.Sqrt(0.5 * Count * (Count - 1) * shell / box.Volume * Frames);
        });
        Assert.InRange(ratio, 0.8, 1.2);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, -1, 2)]
    public void FccShellsAreExactInEveryEquivalentCell(int tiltXY, int tiltXZ, int tiltYZ)
    {
        const double A = 1.6;
        var frame = Samples.Fcc(5, A);
        frame.Box = frame.Box with { TiltXY = tiltXY * A, TiltXZ = tiltXZ * A, TiltYZ = tiltYZ * A };
        var radial = new RadialDistribution(
            new() { Bins = 173, FixedRadii = new Dictionary<string, double> { ["A-A"] = 1.3 * A } }, UnitSystem.LennardJones);
        radial.Add(frame, Workers.Single);
        var result = radial.Result(Workers.Single);
        Assert.Equal(42, result.Scalar("coordination A-A (r < 2.08)").Value, 1e-12);
        Assert.Equal(12, result.Scalar("coordination A-A (first minimum)").Value, 1e-12);
        // A peak of a perfect crystal is one bin wide.
        Assert.Equal(A / Math.Sqrt(2), result.Scalar("first peak A-A").Value, radial.Maximum / 173);
    }

    [Fact]
    public void FluoriteCoordinationNumbersAreExact()
    {
        const double A = 5.1;
        var radial = new RadialDistribution(
            new()
            {
                Maximum = 8,
                FixedRadii = new Dictionary<string, double> { ["Hf-O"] = 2.8, ["O-Hf"] = 2.8, ["O-O"] = 2.8, ["Hf-Hf"] = 4 },
            },
            UnitSystem.Metal);
        radial.Add(Samples.Fluorite(4, A), Workers.Single);
        var result = radial.Result(Workers.Single);
        Assert.Equal(8, result.Scalar("coordination Hf-O (r < 2.8)").Value, 1e-12);
        Assert.Equal(4, result.Scalar("coordination O-Hf (r < 2.8)").Value, 1e-12);
        Assert.Equal(6, result.Scalar("coordination O-O (r < 2.8)").Value, 1e-12);
        Assert.Equal(12, result.Scalar("coordination Hf-Hf (r < 4)").Value, 1e-12);
        Assert.Equal(8, result.Scalar("coordination Hf-O (first minimum)").Value, 1e-12);
        Assert.Equal(A * Math.Sqrt(3) / 4, result.Scalar("first peak Hf-O").Value, 8.0 / 400);
    }

    [Fact]
    public void ClusterInOpenBoxCountsNoImages()
    {
        var box = new Box(4, 4, 4, PeriodicX: false, PeriodicY: false, PeriodicZ: false);
        var frame = Samples.Frame(box, [-3, 0, 0, 1.5, 0, 0, 1.5, 1, 0, 9, 9, 9]);
        var radial = new RadialDistribution(
            new() { Bins = 37, Maximum = 2, FixedRadii = new Dictionary<string, double> { ["A-A"] = 1.5 } }, UnitSystem.LennardJones);
        radial.Add(frame, Workers.Single);
        // One bond among four particles.
        Assert.Equal(0.5, radial.Result(Workers.Single).Scalar("coordination A-A (r < 1.5)").Value, 1e-12);
    }

    [Fact]
    public void RangeBeyondHalfTheBoxIsRefused()
    {
        var radial = new RadialDistribution(new() { Maximum = 5.1 }, UnitSystem.LennardJones);
        var error = Assert.Throws<InputException>(() => radial.Add(Samples.IdealGas(new(1), 10, Box.Cubic(10)), Workers.Single));
        Assert.Contains("half of the smallest width", error.Message);
    }

    [Fact]
    public void UnknownPairIsRefused()
    {
        var radial = new RadialDistribution(
            new() { FixedRadii = new Dictionary<string, double> { ["Hf-N"] = 2 } }, UnitSystem.Metal);
        var error = Assert.Throws<InputException>(() => radial.Add(Samples.Fluorite(2, 5.1), Workers.Single));
        Assert.Contains("'Hf-N'; expected two of the species Hf, O", error.Message);
    }

    [Fact]
    public void PairCountsAgreeWithEveryPairByMinimumImage()
    {
        var box = new Box(9, 8, 7, 3, -2, 2.5);
        var frame = Samples.IdealGas(new(3), 300, box);
        frame.SpeciesTable = Samples.Hafnia;
        for (var i = 0; i < frame.Count; i++)
        {
            frame.Species[i] = i % 3 == 0 ? 0 : 1;
        }
        const double Radius = 2.37;
        var radial = new RadialDistribution(
            new() { Maximum = Radius, Bins = 10, FixedRadii = new Dictionary<string, double> { ["Hf-O"] = Radius, ["O-O"] = Radius } }, UnitSystem.LennardJones);
        radial.Add(frame, Workers.Single);
        var result = radial.Result(Workers.Single);
        Assert.Equal(Brute(frame, 0, 1, Radius), result.Scalar("coordination Hf-O (r < 2.37)").Value, 1e-12);
        Assert.Equal(Brute(frame, 1, 1, Radius), result.Scalar("coordination O-O (r < 2.37)").Value, 1e-12);
    }

    private static double Brute(Configuration frame, int a, int b, double radius)
    {
        int pairs = 0, centres = 0;
        for (var i = 0; i < frame.Count; i++)
        {
            if (frame.Species[i] != a)
            {
                continue;
            }
            centres++;
            for (var j = 0; j < frame.Count; j++)
            {
                if (j != i && frame.Species[j] == b && frame.Box.MinimumImage(frame.Position(j) - frame.Position(i)).Length < radius)
                {
                    pairs++;
                }
            }
        }
        return (double)pairs / centres;
    }
}
