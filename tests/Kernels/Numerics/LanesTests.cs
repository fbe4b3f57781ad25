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

    [SkippableFact]
    public void WideDoubleLanesEqualTheOracle()
    {
        Skip.IfNot(Vector16.IsHardwareAccelerated, "this processor has no AVX-512");
        Check<Vector8DoubleWide, double>(4e-15);
    }

    [SkippableFact]
    public void TwoRowsOfFloatsEqualOneRowTwice()
    {
        Skip.IfNot(Vector16.IsHardwareAccelerated, "this processor has no AVX-512");
        CheckRows();
    }

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
        var sums = stackalloc T[16];
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
            F.StoreLaneSums(fx, fy, fx + fy, F.One, fy, fx, F.One, F.One, F.One, F.One, fy, fx + fx, sums);
            double[] expected = [x.Sum(), y.Sum(), x.Sum() + y.Sum(), 8, y.Sum(), x.Sum(), 8, 8, 8, 8, y.Sum(), 2 * x.Sum()];
            for (var k = 0; k < 12; k++)
            {
                Assert.Equal(1, F.Widen(sums[k]) / expected[k], tolerance);
            }
            CheckPacking<F, T>(fx, fy, x, y, tolerance);
            CheckHalves<F, T>(x, y);
        }
        CheckHalfClusters<F, F, T>();

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

    /// <summary>What works on four lanes and four others; exact, because the numbers are.</summary>
    private static void CheckHalves<F, T>(double[] x, double[] y)
        where F : struct, ILanes<F, T>
        where T : unmanaged
    {
        T* p = stackalloc T[8], q = stackalloc T[8], stored = stackalloc T[8];
        F.Store(p, Make<F, T>([.. x.Select(v => Math.Round(8 * v) / 8)]));
        F.Store(q, Make<F, T>([.. y.Select(v => Math.Round(8 * v) / 8)]));
        var lanes = F.LoadLanes(p + 4, q);
        F.SpreadFours(lanes, out var first0, out var first1, out var first2);
        F[] spread = [first0, first1, first2];
        F.StoreLanes(stored + 4, stored, lanes);
        for (var i = 0; i < 8; i++)
        {
            var expected = F.Widen(i < 4 ? p[4 + i] : q[i - 4]);
            Assert.Equal((expected, expected), (Lane<F, T>(lanes, i), F.Widen(stored[(i + 4) % 8])));
            for (var axis = 0; axis < 3; axis++)
            {
                Assert.Equal(F.Widen(p[i % 4]), Lane<F, T>(F.LoadFours(p), i));
                Assert.Equal(F.Widen(p[i / 4]), Lane<F, T>(F.LoadEachFour(p), i));
                Assert.Equal(F.Widen(i < 4 ? p[4 + axis] : q[axis]), Lane<F, T>(spread[axis], i));
            }
        }
    }

    /// <summary>What the pair loops do with half clusters (x₄ y₄ z₄ and an origin), against the same in plain numbers; exact, because these are eighths.</summary>
    private static void CheckHalfClusters<F, R, T>()
        where F : struct, ILanes<F, T>
        where R : struct, IRows<R, T>
        where T : unmanaged
    {
        var random = new System.Random(3);
        T* half = stackalloc T[16], first = stackalloc T[16], second = stackalloc T[16], shift = stackalloc T[16], rest = stackalloc T[16];
        T* rows = stackalloc T[96], lanes = stackalloc T[8 * R.Rows];
        foreach (var line in new[] { (nint)half, (nint)first, (nint)second, (nint)shift, (nint)rest })
        {
            for (var i = 0; i < 16; i++)
            {
                ((T*)line)[i] = F.Round(random.Next(-99, 99) / 8.0);
            }
        }
        for (var axis = 0; axis < 3; axis++)
        {
            for (var i = 0; i < 4; i++)
            {
                shift[4 * axis + i] = shift[12 + axis];
                rest[4 * axis + i] = rest[12 + axis];
            }
        }
        R.Spread(half, shift, rest, rows, out var origin);
        R.Place(first, second, origin, out var x, out var y, out var z);
        R[] placed = [x, y, z];
        for (var axis = 0; axis < 3; axis++)
        {
            R.Store(lanes, placed[axis]);
            for (var i = 0; i < 8 * R.Rows; i++)
            {
                var other = i % 8 < 4 ? first : second;
                Assert.Equal(
                    At(other, 4 * axis + i % 4) + At(other, 12 + axis) - At(half, 12 + axis) - At(shift, 12 + axis), F.Widen(lanes[i]));
            }
            for (var i = 0; i < 4; i++)
            {
                for (var lane = 0; lane < 8; lane++)
                {
                    Assert.Equal(
                        At(half, 4 * axis + i) + At(rest, 12 + axis), At(rows, 24 * R.Rows * (i / R.Rows) + 8 * R.Rows * axis + 8 * (i % R.Rows) + lane));
                }
            }
        }
        double[] before = [.. Enumerable.Range(0, 24).Select(i => At(i < 12 ? first : second, i % 12))];
        R.AddRowSums(first, second, x, y, z);
        for (var i = 0; i < 24; i++)
        {
            var (axis, lane) = (i % 12 / 4, 4 * (i / 12) + i % 4);
            R.Store(lanes, placed[axis]);
            var sum = Enumerable.Range(0, R.Rows).Sum(row => At(lanes, 8 * row + lane));
            Assert.Equal(before[i] + sum, At(i < 12 ? first : second, i % 12));
        }
        // One half alone: nothing may be added to it a second time.
        for (var lane = 0; lane < 8 * R.Rows; lane++)
        {
            lanes[lane] = F.Round(lane % 8 < 4 ? 1 : 0);
        }
        before = [.. Enumerable.Range(0, 12).Select(i => At(half, i))];
        R.AddRowSums(half, half, R.Load(lanes), R.Load(lanes), R.Load(lanes));
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(before[i] + R.Rows, At(half, i));
        }

        static double At(T* elements, int i) => F.Widen(elements[i]);
    }

    private static void CheckPacking<F, T>(F fx, F fy, double[] x, double[] y, double tolerance)
        where F : struct, ILanes<F, T>
        where T : unmanaged
    {
        var packed = stackalloc T[24];
        var next = packed;
        F.StorePacked(fx, fx, fy, ref next);
        F.StorePacked(fy, fy, fx, ref next);
        double[] expected = [.. x.Where((_, i) => x[i] < y[i]), .. y.Where((_, i) => y[i] < x[i])];
        Assert.Equal(8, next - packed);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(1, F.Widen(packed[i]) / expected[i], tolerance);
        }
        next = packed;
        var back = F.LoadPacked(ref next, fx, fy) + F.LoadPacked(ref next, fy, fx);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(1, Lane<F, T>(back, i) / Math.Min(x[i], y[i]), tolerance);
        }
    }

    /// <summary>Every operation on two rows of floats against the same on each row.</summary>
    private static void CheckRows()
    {
        var random = new System.Random(2);
        float* p = stackalloc float[16], q = stackalloc float[16], sums = stackalloc float[16], twice = stackalloc float[16], packed = stackalloc float[48];
        for (var round = 0; round < 100; round++)
        {
            for (var i = 0; i < 16; i++)
            {
                (p[i], q[i]) = (0.5f + 29 * random.NextSingle(), 0.5f + 29 * random.NextSingle());
            }
            var (x, y) = (Vector16.Load(p), Vector16.Load(q));
            Both(Vector16.Exp(-x), a => Vector8.Exp(-a));
            Both(Vector16.Log(x), Vector8.Log);
            Both(Vector16.Sqrt(x), Vector8.Sqrt);
            Both(Vector16.ReciprocalSqrt(x), Vector8.ReciprocalSqrt);
            Both(Vector16.Reciprocal(x), Vector8.Reciprocal);
            Both(Vector16.ErfcGaussian(x).Erfc, a => Vector8.ErfcGaussian(a).Erfc);
            Both(Vector16.ErfcGaussian(x).Gaussian, a => Vector8.ErfcGaussian(a).Gaussian);
            Both(Vector16.Lookup(Table, x), a => Vector8.Lookup(Table, a));
            Both(Vector16.LookupDerivative(Table, x), a => Vector8.LookupDerivative(Table, a));
            Both2(x + y - x * y / -x, (a, b) => a + b - a * b / -a);
            Both2(Vector16.MultiplyAdd(x, y, x), (a, b) => Vector8.MultiplyAdd(a, b, a));
            Both2(Vector16.Min(x, y), Vector8.Min);
            Both2(Vector16.Max(x, y), Vector8.Max);
            Both2(Vector16.SmallerOf(x, y), Vector8.SmallerOf);
            Both2(Vector16.SelectLess(x, y, x, Vector16.Const(-3)), (a, b) => Vector8.SelectLess(a, b, a, Vector8.Const(-3)));
            Both2(Vector16.ZeroUnlessLess(x, y, x), (a, b) => Vector8.ZeroUnlessLess(a, b, a));
            Assert.Equal(Vector16.Sum(x), Vector8.Sum(Vector8.Load(p)) + Vector8.Sum(Vector8.Load(p + 8)));
            Assert.Equal(Vector16.Largest(x), Math.Max(Vector8.Largest(Vector8.Load(p)), Vector8.Largest(Vector8.Load(p + 8))));
            Assert.Equal(Enumerable.Range(0, 16).Any(i => p[i] < q[i]), Vector16.AnyLess(x, y));
            Assert.Equal(Vector16.AnyLess(x, y) ? 1 : 0, Vector16.CountIfAnyLess(x, y));
            Vector16.StoreLaneSums(x, y, default, default, y, x, default, default, x + y, x + x, default, default, twice);
            Vector8 x0 = Vector8.Load(p), x1 = Vector8.Load(p + 8), y0 = Vector8.Load(q), y1 = Vector8.Load(q + 8);
            Vector8.StoreLaneSums(x0, x1, y0, y1, y0, y1, x0, x1, x0 + y0, x1 + y1, x0 + x0, x1 + x1, sums);
            for (var i = 0; i < 12; i++)
            {
                // The order of the sums differs.
                Assert.Equal(sums[i], twice[i], 1e-6f * sums[i]);
            }
            Vector16.Store(packed, Vector16.LoadEachFour(p));
            Assert.Equal((p[0], p[1], p[2], p[3]), (packed[3], packed[4], packed[10], packed[12]));
            Both(Vector16.LoadFours(p), _ => Vector8.LoadFours(p));
            Both(Vector16.LoadLanes(p, q), _ => Vector8.LoadLanes(p, q));
            Vector16.SpreadFours(x, out var first, out var second, out var third);
            Both(first, a => Spread(a).X);
            Both(second, a => Spread(a).Y);
            Both(third, a => Spread(a).Z);
            var next = packed;
            Vector16.StorePacked(x, x, y, ref next);
            float[] kept = [.. Enumerable.Range(0, 16).Where(i => p[i] < q[i]).Select(i => p[i])];
            Assert.Equal(kept, new ReadOnlySpan<float>(packed, (int)(next - packed)).ToArray());
            next = packed;
            Both2(Vector16.LoadPacked(ref next, x, y), (a, b) => Vector8.ZeroUnlessLess(a, b, a));
            Assert.Equal(kept.Length, next - packed);
        }

        static (Vector8 X, Vector8 Y, Vector8 Z) Spread(Vector8 a)
        {
            Vector8.SpreadFours(a, out var x, out var y, out var z);
            return (x, y, z);
        }

        CheckHalfClusters<Vector8, Vector16, float>();

        void Both(Vector16 found, Func<Vector8, Vector8> one) => Both2(found, (a, _) => one(a));

        void Both2(Vector16 found, Func<Vector8, Vector8, Vector8> one)
        {
            float* f = stackalloc float[16], e = stackalloc float[16];
            Vector16.Store(f, found);
            Vector8.Store(e, one(Vector8.Load(p), Vector8.Load(q)));
            Vector8.Store(e + 8, one(Vector8.Load(p + 8), Vector8.Load(q + 8)));
            for (var i = 0; i < 16; i++)
            {
                Assert.Equal(e[i], f[i]);
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
