using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Kernels.Numerics;

/// <summary>Eight doubles in two AVX registers: the lanes of precision `double`.</summary>
public readonly unsafe struct Vector8Double(Vector256<double> lower, Vector256<double> upper) : ILanes<Vector8Double, double>
{
    private readonly Vector256<double> l = lower;
    private readonly Vector256<double> u = upper;

    public static int Rows => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double operator +(Vector8Double a, Vector8Double b) => new(a.l + b.l, a.u + b.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double operator -(Vector8Double a, Vector8Double b) => new(a.l - b.l, a.u - b.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double operator *(Vector8Double a, Vector8Double b) => new(a.l * b.l, a.u * b.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double operator /(Vector8Double a, Vector8Double b) => new(a.l / b.l, a.u / b.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double operator -(Vector8Double a) => new(-a.l, -a.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Const(double value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Broadcast(double value) => Const(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Load(double* source) => new(Vector256.Load(source), Vector256.Load(source + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* destination, Vector8Double value)
    {
        value.l.Store(destination);
        value.u.Store(destination + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double LoadBroadcast(double* source) => Const(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double MultiplyAdd(Vector8Double a, Vector8Double b, Vector8Double c) =>
        new(Vector256.MultiplyAddEstimate(a.l, b.l, c.l), Vector256.MultiplyAddEstimate(a.u, b.u, c.u));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Reciprocal(Vector8Double a) => new(Vector256<double>.One / a.l, Vector256<double>.One / a.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Sqrt(Vector8Double a) => new(Vector256.Sqrt(a.l), Vector256.Sqrt(a.u));

    /// <summary>
    /// exp by 2ⁿ·exp(r), |r| ≤ ln 2/2, and thirteen terms of the Taylor series, whose remainder is 4e-18; arguments below −708 give exp(−708).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Exp(Vector8Double a)
    {
        // Adding 1.5·2⁵² leaves the rounded quotient in the low bits of the sum.
        var shift = Vector256.Create(6755399441055744.0);
        var low = Vector256.MaxNative(a.l, Vector256.Create(-708.0));
        var high = Vector256.MaxNative(a.u, Vector256.Create(-708.0));
        var lowSum = Vector256.MultiplyAddEstimate(low, Vector256.Create(1.4426950408889634), shift);
        var highSum = Vector256.MultiplyAddEstimate(high, Vector256.Create(1.4426950408889634), shift);
        var lowCount = lowSum - shift;
        var highCount = highSum - shift;
        // ln 2 in two parts, the first with so few bits that its product with n is exact.
        low = Vector256.MultiplyAddEstimate(lowCount, Vector256.Create(-6.93147180369123816490e-01), low);
        high = Vector256.MultiplyAddEstimate(highCount, Vector256.Create(-6.93147180369123816490e-01), high);
        low = Vector256.MultiplyAddEstimate(lowCount, Vector256.Create(-1.90821492927058770002e-10), low);
        high = Vector256.MultiplyAddEstimate(highCount, Vector256.Create(-1.90821492927058770002e-10), high);
        var (p, q) = Polynomial(SpecialFunctions.InverseFactorials, low, high);
        return new(
            (p.AsInt64() + (lowSum.AsInt64() << 52)).AsDouble(),
            (q.AsInt64() + (highSum.AsInt64() << 52)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Log(Vector8Double a) => new(Vector256.Log(a.l), Vector256.Log(a.u));

    /// <summary>erfc(x) = exp(−x²)·P(t)/(1 + 2x), see <see cref="SpecialFunctions.ErfcScaledCoefficients"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector8Double Erfc, Vector8Double Gaussian) ErfcGaussian(Vector8Double x)
    {
        var three = Const(3);
        var sum = x + three;
        var weight = MultiplyAdd(x, Const(2), Const(1));
        var inverse = Reciprocal(sum * weight);
        var t = (x - three) * weight * inverse;
        var (p, q) = Polynomial(SpecialFunctions.ErfcScaledCoefficients, t.l, t.u);
        var gaussian = Exp(-(x * x));
        return (gaussian * (new Vector8Double(p, q) * (sum * inverse)), gaussian);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Min(Vector8Double a, Vector8Double b) => new(Vector256.MinNative(a.l, b.l), Vector256.MinNative(a.u, b.u));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Max(Vector8Double a, Vector8Double b) => new(Vector256.MaxNative(a.l, b.l), Vector256.MaxNative(a.u, b.u));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double SmallerOf(Vector8Double a, Vector8Double b) => Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double LargerOf(Vector8Double a, Vector8Double b) => new(Vector256.Max(a.l, b.l), Vector256.Max(a.u, b.u));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double FromFloats(float* source)
    {
        var (lower, upper) = Vector256.Widen(Vector256.Load(source));
        return new(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(float* destination, Vector8Double value) => Vector256.Narrow(value.l, value.u).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double Difference(double* source, double origin) =>
        new(Vector256.Load(source) - Vector256.Create(origin), Vector256.Load(source + 4) - Vector256.Create(origin));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WidenFour(double* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double SelectLess(Vector8Double a, Vector8Double b, Vector8Double ifLess, Vector8Double otherwise) => new(
        Vector256.ConditionalSelect(Vector256.LessThan(a.l, b.l), ifLess.l, otherwise.l),
        Vector256.ConditionalSelect(Vector256.LessThan(a.u, b.u), ifLess.u, otherwise.u));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double ZeroUnlessLess(Vector8Double a, Vector8Double b, Vector8Double value) =>
        new(Vector256.LessThan(a.l, b.l) & value.l, Vector256.LessThan(a.u, b.u) & value.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePacked(Vector8Double value, Vector8Double a, Vector8Double b, ref double* destination)
    {
        StorePacked(value.l, Vector256.LessThan(a.l, b.l), ref destination);
        StorePacked(value.u, Vector256.LessThan(a.u, b.u), ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double LoadPacked(ref double* source, Vector8Double a, Vector8Double b)
    {
        var lower = LoadPacked(ref source, Vector256.LessThan(a.l, b.l));
        var upper = LoadPacked(ref source, Vector256.LessThan(a.u, b.u));
        return new(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLess(Vector8Double a, Vector8Double b) =>
        Vector256.LessThanAny(a.l, b.l) || Vector256.LessThanAny(a.u, b.u);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLaneSums(
        Vector8Double x0, Vector8Double x1, Vector8Double x2, Vector8Double x3, Vector8Double y0, Vector8Double y1, Vector8Double y2, Vector8Double y3, Vector8Double z0, Vector8Double z1, Vector8Double z2, Vector8Double z3, double* destination)
    {
        StoreLaneSums(x0, x1, x2, x3, destination);
        StoreLaneSums(y0, y1, y2, y3, destination + 4);
        StoreLaneSums(z0, z1, z2, z3, destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLaneSums(Vector8Double a, Vector8Double b, Vector8Double c, Vector8Double d, double* destination)
    {
        destination[0] = Sum(a);
        destination[1] = Sum(b);
        destination[2] = Sum(c);
        destination[3] = Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpreadFours(Vector8Double a, out Vector8Double x, out Vector8Double y, out Vector8Double z) => (x, y, z) = (
        new(Vector256.Create(a.l[0]), Vector256.Create(a.u[0])), new(Vector256.Create(a.l[1]), Vector256.Create(a.u[1])),
        new(Vector256.Create(a.l[2]), Vector256.Create(a.u[2])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFour(Vector256<double> value, double* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double LoadFours(double* source) => new(Vector256.Load(source), Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double LoadEachFour(double* source) => new(Vector256.Create(source[0]), Vector256.Create(source[1]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8Double LoadLanes(double* first, double* second) => new(Vector256.Load(first), Vector256.Load(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRowSums(double* first, double* second, Vector8Double x, Vector8Double y, Vector8Double z)
    {
        Add(first, second, x);
        Add(first + 4, second + 4, y);
        Add(first + 8, second + 8, z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* first, double* second, Vector8Double value)
    {
        (Vector256.Load(first) + value.l).Store(first);
        (Vector256.Load(second) + value.u).Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLanes(double* first, double* second, Vector8Double value)
    {
        value.l.Store(first);
        value.u.Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountIfAnyLess(Vector8Double a, Vector8Double b) =>
        (Vector256.LessThan(a.l, b.l) | Vector256.LessThan(a.u, b.u)).ExtractMostSignificantBits() != 0 ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector8Double a) => LaneSum.Of(a.l + a.u);

    public static double Largest(Vector8Double a)
    {
        var m = Vector256.Max(a.l, a.u);
        return Math.Max(Math.Max(m[0], m[1]), Math.Max(m[2], m[3]));
    }

    public static Vector8Double Lookup(CubicTable table, Vector8Double x) => Each(x, table.Evaluate);

    public static Vector8Double LookupDerivative(CubicTable table, Vector8Double x) => Each(x, table.EvaluateDerivative);

    private static Vector8Double Each(Vector8Double x, Func<double, double> f) => new(
        Vector256.Create(f(x.l[0]), f(x.l[1]), f(x.l[2]), f(x.l[3])),
        Vector256.Create(f(x.u[0]), f(x.u[1]), f(x.u[2]), f(x.u[3])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePacked(Vector256<double> value, Vector256<double> mask, ref double* destination)
    {
        var less = mask.ExtractMostSignificantBits();
        PackingOrder.Pack(value, less).Store(destination);
        destination += BitOperations.PopCount(less);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LoadPacked(ref double* source, Vector256<double> mask)
    {
        var less = mask.ExtractMostSignificantBits();
        var value = PackingOrder.Unpack(Vector256.Load(source), less);
        source += BitOperations.PopCount(less);
        return value & mask;
    }

    /// <summary>Horner's rule for two vectors at once, lowest power first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> Low, Vector256<double> High) Polynomial(
        ReadOnlySpan<double> coefficients, Vector256<double> low, Vector256<double> high)
    {
        ref var c = ref MemoryMarshal.GetReference(coefficients);
        var p = Vector256.Create(Unsafe.Add(ref c, coefficients.Length - 1));
        var q = p;
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            var next = Vector256.Create(Unsafe.Add(ref c, i));
            p = Vector256.MultiplyAddEstimate(p, low, next);
            q = Vector256.MultiplyAddEstimate(q, high, next);
        }
        return (p, q);
    }
}
