using Engine.Kernels.Random;
using Engine.Learn.Studies;
using Xunit;

namespace Engine.Tests.Learn.Studies;

public class StudyStatisticsTests
{
    /// <summary>Tables of Student's distribution, two-sided 95 %, as printed.</summary>
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(4, 2.776)]
    [InlineData(9, 2.262)]
    [InlineData(10, 2.228)]
    [InlineData(19, 2.093)]
    [InlineData(30, 2.042)]
    [InlineData(120, 1.980)]
    public void QuantilesAreThoseOfTables(int degrees, double expected) => Assert.Equal(expected, StudyStatistics.StudentQuantile(degrees), 0.0005);

    [Fact]
    public void AMeanComesWithItsInterval()
    {
        var mean = StudyStatistics.Mean("m", [1, -1, 3, 5]);
        // Deviations −1, −3, 1, 3: the variance of the mean is 20/(4·3).
        Assert.Equal((2.0, 4, 3), (mean.Value, mean.Count, mean.Positive));
        Assert.Equal(Math.Sqrt(5.0 / 3), mean.StandardError!.Value, 1e-14);
        Assert.Equal(2 + 3.182 * Math.Sqrt(5.0 / 3), mean.High, 0.001);
        Assert.Equal(4, mean.Low + mean.High, 1e-12);
        var single = StudyStatistics.Mean("s", [7]);
        Assert.Null(single.StandardError);
        Assert.True(double.IsNaN(single.Low));
    }

    [Fact]
    public void RanksShareWhatIsEqual()
    {
        Assert.Equal(1, StudyStatistics.Spearman([1, 2, 3, 4, 5], [1, 8, 27, 64, 125]), 1e-14);
        Assert.Equal(-1, StudyStatistics.Spearman([1, 2, 3], [3, 2, 1]), 1e-14);
        // Ranks 1, 2.5, 2.5, 4 beside 1, 2, 3, 4: covariance 4.5 of √(4.5 · 5).
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), StudyStatistics.Spearman([0, 1, 1, 2], [5, 6, 7, 8]), 1e-14);
        Assert.True(double.IsNaN(StudyStatistics.Spearman([1, 1, 1], [1, 2, 3])));
    }

    /// <summary>Independent numbers: the error is about 1/√(n − 1), and 0 within four of them; dependent ones are found.</summary>
    [Fact]
    public void CorrelationsComeWithIntervals()
    {
        const int n = 100;
        var random = new RandomSequence(1, RandomStream.RandomPlacement, 0);
        double[] x = [.. Enumerable.Range(0, n).Select(_ => random.NextNormal())];
        double[] y = [.. Enumerable.Range(0, n).Select(_ => random.NextNormal())];
        var none = StudyStatistics.RankCorrelation("none", x, y, 1);
        Assert.InRange(none.StandardError!.Value * Math.Sqrt(n - 1), 0.7, 1.3);
        Assert.InRange(none.Value, -0.4, 0.4);
        Assert.InRange(none.Value, none.Low, none.High);
        Assert.Equal(none, StudyStatistics.RankCorrelation("none", x, y, 1));
        var some = StudyStatistics.RankCorrelation("some", x, [.. x.Zip(y, (a, b) => a + b)], 1);
        // ρ of the normal numbers is 1/√2, Spearman's 6/π asin(ρ/2) = 0.69.
        Assert.InRange(0.69, some.Low, some.High);
        Assert.True(some.Low > 0.4);
        Assert.True(double.IsNaN(StudyStatistics.RankCorrelation("few", [1, 2], [1, 2], 1).Value));
    }
}
