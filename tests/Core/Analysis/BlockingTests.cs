using Engine.Core.Analysis;
using Engine.Tests.Core.Observables;
using Xunit;

namespace Engine.Tests.Core.Analysis;

public class BlockingTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void AutoregressiveSeriesHasItsExactError(double phi)
    {
        var series = Autoregressive(phi, 1 << 16, 21);
        var estimate = BlockingEstimate.Of(series);
        // Variance of the mean of x' = φx + √(1 − φ²)ξ for n ≫ 1/(1 − φ): (1 + φ)/((1 − φ)n).
        var exact = Math.Sqrt((1 + phi) / (1 - phi) / series.Length);
        Assert.True(estimate.Converged);
        // 4 standard errors of the estimate, and 5 % that a plateau accepted within one standard error may lie low.
        Assert.Equal(exact, estimate.Error, 4 * estimate.ErrorOfError + 0.05 * exact);
        Assert.InRange(Math.Abs(estimate.Mean), 0, 4 * exact);
        // The first level ignores the correlation.
        Assert.Equal(1 / Math.Sqrt(series.Length), estimate.Levels[0].Error, 0.05 / Math.Sqrt(series.Length));
    }

    [Fact]
    public void SlowSeriesIsNotConverged()
    {
        var estimate = BlockingEstimate.Of(Autoregressive(0.999, 4096, 22));
        Assert.False(estimate.Converged);
        Assert.Contains("not converged", estimate.ToString());
    }

    [Fact]
    public void ConstantSeriesHasNoError()
    {
        var values = new double[500];
        Array.Fill(values, 3.25);
        var estimate = BlockingEstimate.Of(values);
        Assert.Equal(3.25, estimate.Mean);
        Assert.Equal(0, estimate.Error);
    }

    [Fact]
    public void StatisticsNameEmptySeries()
    {
        var result = TimeSeriesStatistics.Analyse(
            "thermo", "Thermodynamics", [new("pressure", "bar", Autoregressive(0.5, 2048, 23)), new("energy", "eV", [double.NaN])]);
        Assert.NotNull(result.Scalar("mean pressure").Error);
        Assert.Contains("energy: no samples.", result.Notes);
    }

    private static double[] Autoregressive(double phi, int length, int seed)
    {
        var random = new Random(seed);
        var series = new double[length];
        series[0] = Samples.Gaussian(random);
        for (var t = 1; t < length; t++)
        {
            series[t] = phi * series[t - 1] + Math.Sqrt(1 - phi * phi) * Samples.Gaussian(random);
        }
        return series;
    }
}
