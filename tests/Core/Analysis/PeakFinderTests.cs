using Engine.Core.Analysis;
using Xunit;

namespace Engine.Tests.Core.Analysis;

/// <summary>Curves put together from Gaussians on the long-range value 1, in bins of 0.02.</summary>
public class PeakFinderTests
{
    private static readonly double[] X = [.. Enumerable.Range(0, 400).Select(k => 0.02 * (k + 0.5))];

    /// <summary>A glass: the first shell is two peaks with a dip between them that is no end of a shell.</summary>
    [Fact]
    public void ADipInASplitPeakEndsNoShell()
    {
        var found = PeakFinder.First(X, Curve((3.3, 0.12, 1.6), (3.8, 0.12, 1.7), (4.4, 0.25, -0.6), (5.2, 0.3, 0.2)), 0.02)!.Value;
        Assert.Equal(3.3, found.PeakPosition, 0.02);
        // Neighbours on either side move the least value by a bin or two.
        Assert.Equal(4.4, found.MinimumPosition, 0.05);
    }

    /// <summary>A species so diluted that its first peak is hardly one: the parabola must not be fitted to all that follows.</summary>
    [Fact]
    public void AWeakPeakIsWhereItIsAndBeforeItsMinimum()
    {
        var found = PeakFinder.First(X, Curve((1.0, 0.06, 0.02), (1.25, 0.08, -0.15), (1.8, 0.15, 0.1), (3.0, 0.2, 0.03)), 0.02)!.Value;
        Assert.Equal(1.0, found.PeakPosition, 0.05);
        Assert.InRange(found.MinimumPosition, found.PeakPosition, 1.4);
    }

    /// <summary>A droplet in a large cell: normalised with the whole cell, its g(r) never falls to 1.</summary>
    [Fact]
    public void AShellOfADropletEndsAboveOne()
    {
        var droplet = Array.ConvertAll(Curve((1.1, 0.06, 2.0), (1.55, 0.1, -0.5), (2.1, 0.15, 0.3)), y => 40 * y);
        Assert.Equal(1.55, PeakFinder.First(X, droplet, 0.02)!.Value.MinimumPosition, 0.03);
    }

    /// <summary>1 beyond a core of 0.85 of the first peak, 0 inside, with Gaussians (place, width, height) on it.</summary>
    private static double[] Curve(params (double Place, double Width, double Height)[] bumps) => Array.ConvertAll(
        X, x => x < 0.85 * bumps[0].Place ? 0 : 1 + bumps.Sum(b => b.Height * Math.Exp(-0.5 * (x - b.Place) * (x - b.Place) / (b.Width * b.Width))));
}
