using Engine.Kernels.Numerics;
using Xunit;

namespace Engine.Tests.Kernels.Numerics;

/// <summary>Every operation of the vector lanes against the scalar oracle.</summary>
public unsafe class LanesTests
{
    private static readonly CubicTable Table = CubicTable.Hermite(0.5, 30, 60, Math.Sqrt, x => 0.5 / Math.Sqrt(x));

    /// <summary>Abramowitz and Stegun, table 7.1: erfc(0.5), erfc(1), erfc(2).</summary>
    [Theory]
    [InlineData(0.5, 0.4795001221869535)]
    [InlineData(1.0, 0.15729920705028513)]
    [InlineData(2.0, 0.004677734981047266)]
    public void ErfcMatchesTheTable(double x, double expected) => Assert.Equal(1, SpecialFunctions.Erfc(x) / expected, 1e-15);

    // Polynomials of exp, log and erfc are good to a few units in the last place: 2^-24 and 2^-53; erfc in float to 7e-8 plus rounding of its argument.
    [Fact]
    public void FloatLanesEqualTheOracle() => Check<Vector8, float>(1e-6);

    [Fact]
    public void DoubleLanesEqualTheOracle() => Check<Vector8Double, double>(4e-15);

    [Fact]
    public void DualOfDoubleLanesEqualsDualOfTheOracle()
    {
        double[] x = [0.6, 0.9, 1.3, 2.2, 3.1, 4.7, 8.8, 20.1];
        fixed (double* p = x)
        {
            var lanes = Formula(Dual<Vector8Double>.Variable(Vector8Double.Load(p)));
            for (var i = 0; i < 8; i++)
            {
                var expected = Formula(Dual<Real>.Variable(new(x[i])));
                Assert.Equal(1, Lane<Vector8Double, double>(lanes.Value, i) / expected.Value.Value, 1e-14);
                Assert.Equal(1, Lane<Vector8Double, double>(lanes.Derivative, i) / expected.Derivative.Value, 1e-12);
            }
        }
    }

    /// <summary>Central differences with step 1e-6: truncation 1e-12·f‴, rounding 1e-10 relative.</summary>
    [Theory]
    [InlineData(0.7)]
    [InlineData(1.9)]
    [InlineData(6.3)]
    public void DualEqualsFiniteDifferences(double x)
    {
        const double H = 1e-6;
        var slope = (Formula(new Real(x + H)).Value - Formula(new Real(x - H)).Value) / (2 * H);
        Assert.Equal(1, Formula(Dual<Real>.Variable(new(x))).Derivative.Value / slope, 1e-8);
    }

    /// <summary>A bit of everything.</summary>
    private static F Formula<F>(F x)
        where F : struct, IReal<F>
    {
        var (erfc, gaussian) = F.ErfcGaussian(F.Const(0.3) * F.Sqrt(x));
        var a = F.Exp(-x / F.Const(3)) + erfc * F.ReciprocalSqrt(x) + gaussian;
        var b = F.Log(F.One + x) * F.Reciprocal(x) - F.Min(x, F.Const(2)) + F.Max(x, F.Const(4));
        return F.SelectLess(x, F.Const(1), a * b, F.MultiplyAdd(a, b, F.Const(7))) + F.Lookup(Table, x);
    }

    private static void Check<F, T>(double tolerance)
        where F : struct, ILanes<F, T>
        where T : unmanaged
    {
        var random = new System.Random(1);
        var sums = stackalloc T[4];
        for (var round = 0; round < 200; round++)
        {
            double[] x = [.. Enumerable.Range(0, 8).Select(_ => 0.5 + 29 * Math.Pow(random.NextDouble(), 3))];
            double[] y = [.. Enumerable.Range(0, 8).Select(_ => 0.5 + 29 * random.NextDouble())];
            var (fx, fy) = (Make<F, T>(x), Make<F, T>(y));
            Each(F.Exp(-fx), i => Math.Exp(-x[i]), 30 * tolerance);
            Each(F.Log(fx), i => Math.Log(x[i]), tolerance, 0.1);
            Each(F.Sqrt(fx), i => Math.Sqrt(x[i]), tolerance);
            Each(F.ReciprocalSqrt(fx), i => 1 / Math.Sqrt(x[i]), tolerance);
            Each(F.Reciprocal(fx), i => 1 / x[i], tolerance);
            Each(F.MultiplyAdd(fx, fy, fx), i => x[i] * y[i] + x[i], tolerance);
            Each(fx / fy - fx * fy + -fy, i => x[i] / y[i] - x[i] * y[i] - y[i], tolerance, 1);
            Each(F.Min(fx, fy), i => Math.Min(x[i], y[i]), tolerance);
            Each(F.Max(fx, fy), i => Math.Max(x[i], y[i]), tolerance);
            Each(F.SmallerOf(fx, fy), i => Math.Min(x[i], y[i]), tolerance);
            Each(F.LargerOf(fx, fy), i => Math.Max(x[i], y[i]), tolerance);
            Each(F.SelectLess(fx, fy, fx, F.Const(-3)), i => x[i] < y[i] ? x[i] : -3, tolerance);
            Each(F.ZeroUnlessLess(fx, fy, fx), i => x[i] < y[i] ? x[i] : 0, tolerance);
            Each(F.Lookup(Table, fx), i => Table.Evaluate(x[i]), tolerance);
            Each(F.LookupDerivative(Table, fx), i => Table.EvaluateDerivative(x[i]), 10 * tolerance);
            double[] small = [.. x.Select(v => v / 8)];
            var (erfc, gaussian) = F.ErfcGaussian(Make<F, T>(small));
            Each(erfc, i => SpecialFunctions.Erfc(small[i]), 30 * tolerance);
            Each(gaussian, i => Math.Exp(-small[i] * small[i]), 30 * tolerance);
            Assert.Equal(1, F.Sum(fx) / x.Sum(), tolerance);
            Assert.Equal(1, F.Largest(fx) / x.Max(), tolerance);
            Assert.Equal(Enumerable.Range(0, 8).Any(i => x[i] < y[i]), F.AnyLess(fx, fy));
            Assert.Equal(Enumerable.Range(0, 8).Any(i => x[i] < y[i]) ? 1 : 0, F.CountIfAnyLess(fx, fy));
            F.StoreLaneSums(fx, fy, fx + fy, F.One, sums);
            Assert.Equal(1, F.Widen(sums[0]) / x.Sum(), tolerance);
            Assert.Equal(1, F.Widen(sums[1]) / y.Sum(), tolerance);
            Assert.Equal(1, F.Widen(sums[2]) / (x.Sum() + y.Sum()), tolerance);
            Assert.Equal(8, F.Widen(sums[3]));
        }

        void Each(F lanes, Func<int, double> expected, double relative, double floor = 0)
        {
            for (var i = 0; i < 8; i++)
            {
                var e = expected(i);
                var found = Lane<F, T>(lanes, i);
                Assert.True(Math.Abs(found - e) <= relative * Math.Max(Math.Abs(e), floor), $"lane {i}: found {found:R}, expected {e:R}");
            }
        }
    }

    private static F Make<F, T>(double[] values)
        where F : struct, ILanes<F, T>
        where T : unmanaged
    {
        var p = stackalloc T[8];
        for (var i = 0; i < 8; i++)
        {
            p[i] = F.Round(values[i]);
        }
        return F.Load(p);
    }

    private static double Lane<F, T>(F lanes, int i)
        where F : struct, ILanes<F, T>
        where T : unmanaged
    {
        var p = stackalloc T[8];
        F.Store(p, lanes);
        return F.Widen(p[i]);
    }
}
