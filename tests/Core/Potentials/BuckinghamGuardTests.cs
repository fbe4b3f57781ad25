using Engine.Core.Potentials;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.Core.Potentials;

public class BuckinghamGuardTests
{
    /// <summary>Zr-O: published with the Du/Teter sets, printed to 3 digits; the others: solved independently to 7 digits.</summary>
    [Theory]
    [InlineData(17943.384, 0.226627, 127.65, 1.224, 3.305, 108.66, -8.48, 5e-4)]
    [InlineData(16800, 0.226627, 127.65, 1.246889, 3.387667, 94.982471, -6.703033, 1e-6)]
    [InlineData(2029.2204, 0.343640, 192.58, 1.905545, 3.424465, 46.334752, -0.327467, 2e-6)]
    public void ReproducesTheTable(double a, double rho, double c, double r0, double n, double b, double d, double relative)
    {
        var guard = BuckinghamGuard.For(a, rho, c);
        Cells.Near(r0, guard.Distance, relative);
        Cells.Near(n, guard.Exponent, relative);
        Cells.Near(b, guard.B, relative);
        Cells.Near(d, guard.D, relative);
    }

    [Fact]
    public void ValueSlopeAndCurvatureAreContinuous()
    {
        var guarded = new Buckingham(16800, 0.226627, 127.65, 8).Guarded();
        var plain = PairFunction.Of(new Buckingham(guarded.A, guarded.Rho, guarded.C, guarded.Cutoff));
        var wall = PairFunction.Of(guarded);
        var r0 = guarded.Guard.Distance;
        var edge = (r0 - 1e-9) * (r0 - 1e-9);
        // The force has terms of 200 eV/Å² that change by 1e-9 of themselves here; the curvature by finite differences is good to 1e-6.
        Cells.Near(plain.At(edge).Energy, wall.At(edge).Energy, 1e-8);
        Cells.Near(plain.At(edge).ForceOverDistance, wall.At(edge).ForceOverDistance, 1e-8);
        const double h = 1e-4;
        double Slope(PairFunction f, double r) => -r * f.At(r * r).ForceOverDistance;
        var inside = (Slope(wall, r0 - h) - Slope(wall, r0 - 2 * h)) / h;
        var outside = (Slope(wall, r0 + 2 * h) - Slope(wall, r0 + h)) / h;
        Cells.Near(outside, inside, 1e-3, 0.05);
    }

    /// <summary>What the guard is for: without it the pair falls to −∞ behind a barrier of 36.7 eV at 0.957 Å, and sits at −20.8 eV at 1.821 Å.</summary>
    [Fact]
    public void BarrierOfTheBareHafniumOxygenPair()
    {
        var bare = PairFunction.Of(new Sum<Buckingham, CoulombCut>(
            new(16800, 0.226627, 127.65, 8), new(14.39964546867 * 2.4 * -1.2, 8)));
        double Extremum(double from, double to)
        {
            for (var i = 0; i < 60; i++)
            {
                var middle = 0.5 * (from + to);
                (from, to) = bare.At(middle * middle).ForceOverDistance > 0 == bare.At(from * from).ForceOverDistance > 0 ? (middle, to) : (from, middle);
            }
            return from;
        }
        double barrier = Extremum(0.8, 1.2), minimum = Extremum(1.3, 3);
        Assert.Equal(0.957, barrier, 5e-4);
        Assert.Equal(36.7, bare.At(barrier * barrier).Energy, 0.05);
        // The flat minimum was tabulated from a grid of 1e-3 Å.
        Assert.Equal(1.821, minimum, 1e-3);
        Assert.Equal(-20.8, bare.At(minimum * minimum).Energy, 0.05);
        var guarded = PairFunction.Of(new Sum<Buckingham, CoulombCut>(
            new Buckingham(16800, 0.226627, 127.65, 8).Guarded(), new(14.39964546867 * 2.4 * -1.2, 8)));
        for (var r = 0.1; r < 1.2; r += 0.05)
        {
            Assert.True(guarded.At(r * r).ForceOverDistance > 0, $"attracts at {r}");
        }
    }

    [Fact]
    public void RefusesATermWithoutWall()
    {
        var error = Assert.Throws<InputException>(() => BuckinghamGuard.For(10, 0.2, 100));
        Assert.Contains("no repulsive wall", error.Message, StringComparison.Ordinal);
    }
}
