using Engine.Kernels.Random;
using Engine.Tests.Core.Dynamics;
using Xunit;

namespace Engine.Tests.Kernels.Random;

public class RandomSequenceTests
{
    private const int Samples = 20_000;

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(4608)]
    public void GammaFollowsItsLaw(double shape)
    {
        var random = new RandomSequence(3, RandomStream.BussiThermostat, 17);
        var samples = new double[Samples];
        for (var i = 0; i < Samples; i++)
        {
            samples[i] = random.NextGamma(shape);
        }
        Assert.InRange(Statistics.KolmogorovSmirnov(samples, x => Statistics.GammaCumulative(shape, x)), 1e-3, 1);
    }

    [Fact]
    public void GammaOfShapeZeroIsZero() => Assert.Equal(0, new RandomSequence(1, RandomStream.BussiThermostat, 0).NextGamma(0));

    [Fact]
    public void UniformFollowsItsLawAndStaysInRange()
    {
        var random = new RandomSequence(3, RandomStream.RandomPlacement, 0);
        var samples = new double[Samples];
        for (var i = 0; i < Samples; i++)
        {
            samples[i] = random.NextUniform();
            Assert.InRange(samples[i], double.Epsilon, 1);
        }
        Assert.InRange(Statistics.KolmogorovSmirnov(samples, x => x), 1e-3, 1);
    }

    /// <summary>Each number below a count as often, to five standard deviations of a binomial; the largest one like the others.</summary>
    [Fact]
    public void WholeNumbersAreUnbiased()
    {
        var random = new RandomSequence(3, RandomStream.RandomPlacement, 1);
        var counts = new int[7];
        for (var i = 0; i < Samples; i++)
        {
            counts[random.NextBelow(counts.Length)]++;
        }
        var (mean, deviation) = (Samples / 7.0, Math.Sqrt(Samples * (1 / 7.0) * (6 / 7.0)));
        Assert.All(counts, n => Assert.InRange(n, mean - 5 * deviation, mean + 5 * deviation));
    }

    [Fact]
    public void APermutationIsAShuffleOfAllNumbers()
    {
        int[] shuffled = [.. Enumerable.Range(0, 50)];
        new RandomSequence(3, RandomStream.RandomPlacement, 2).Shuffle<int>(shuffled);
        var permutation = new RandomSequence(3, RandomStream.RandomPlacement, 2).Permutation(50);
        Assert.Equal(shuffled, permutation);
        Assert.Equal(Enumerable.Range(0, 50), permutation.Order());
        Assert.NotEqual(permutation.Order(), permutation);
    }

    [Fact]
    public void SameCounterGivesTheSameNumbersAndAnotherStepOthers()
    {
        var a = new RandomSequence(3, RandomStream.CellRescaling, 5);
        var b = new RandomSequence(3, RandomStream.CellRescaling, 5);
        var c = new RandomSequence(3, RandomStream.CellRescaling, 6);
        Assert.Equal(a.NextNormal(), b.NextNormal());
        Assert.NotEqual(a.NextNormal(), c.NextNormal());
    }
}
