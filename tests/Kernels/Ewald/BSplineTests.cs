using Engine.Kernels.Ewald;
using Xunit;

namespace Engine.Tests.Kernels.Ewald;

public class BSplineTests
{
    /// <summary>M₈ at the points is known: 1, 120, 1191, 2416, 1191, 120, 1 of 5040 (Eulerian numbers).</summary>
    [Fact]
    public void HasTheKnownValuesAtPoints()
    {
        var found = BSpline.Weights(0);
        double[] expected = [1, 120, 1191, 2416, 1191, 120, 1, 0];
        for (var k = 0; k < BSpline.Order; k++)
        {
            Assert.Equal(expected[k] / 5040, found[k], 1e-15);
        }
    }

    [Fact]
    public void WeightsAreSharesAndSlopesTheirDerivatives()
    {
        for (var fraction = 0.05; fraction < 1; fraction += 0.1)
        {
            var (sum, sumOfSlopes, mean) = (0.0, 0.0, 0.0);
            for (var k = 0; k < BSpline.Order; k++)
            {
                var (weight, slope) = (BSpline.Weights(fraction)[k], BSpline.Slopes(fraction)[k]);
                Assert.InRange(weight, 0, 0.48);
                const double h = 1e-5;
                // h² U‴/6 is some 1e-11.
                Assert.Equal((BSpline.Weights(fraction + h)[k] - BSpline.Weights(fraction - h)[k]) / (2 * h), slope, 1e-9);
                (sum, sumOfSlopes, mean) = (sum + weight, sumOfSlopes + slope, mean + k * weight);
            }
            Assert.Equal(1, sum, 1e-14);
            Assert.Equal(0, sumOfSlopes, 1e-14);
            // The charge lies four points below where its spline ends.
            Assert.Equal(3 + fraction, mean, 1e-13);
        }
    }

    /// <summary>The sum over points is, by Poisson's formula, that of the transform of the spline over all images of the wave.</summary>
    [Fact]
    public void InverseSquaresUndoTheSpline()
    {
        const int points = 20;
        var found = BSpline.InverseSquares(points);
        Assert.Equal(1, found[0], 1e-15);
        Assert.Equal(0, found[points / 2]);
        for (var n = 1; n < points / 2; n++)
        {
            var sum = 0.0;
            for (var image = -200; image <= 200; image++)
            {
                var x = Math.PI * ((double)n / points + image);
                sum += Math.Pow(Math.Sin(x) / x, BSpline.Order);
            }
            Assert.Equal(1 / (sum * sum), found[n], 1e-9);
            Assert.Equal(found[n], found[points - n], 1e-12 * found[n]);
        }
    }
}
