using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Numerics;

/// <summary>Eight doubles in one AVX-512 register: the lanes of precision `double` where there are such registers.</summary>
public readonly unsafe struct Vector8DoubleWide(Vector512<double> value) : ILanes<Vector8DoubleWide, double>
{
    private readonly Vector512<double> v = value;

    public static int Rows => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide operator +(Vector8DoubleWide a, Vector8DoubleWide b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide operator -(Vector8DoubleWide a, Vector8DoubleWide b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide operator *(Vector8DoubleWide a, Vector8DoubleWide b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide operator /(Vector8DoubleWide a, Vector8DoubleWide b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide operator -(Vector8DoubleWide a) => new(-a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Const(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Broadcast(double value) => Const(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Load(double* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(double* destination, Vector8DoubleWide value) => value.v.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide LoadBroadcast(double* source) => Const(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(double value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide MultiplyAdd(Vector8DoubleWide a, Vector8DoubleWide b, Vector8DoubleWide c) => new(Vector512.MultiplyAddEstimate(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Reciprocal(Vector8DoubleWide a) => new(Vector512<double>.One / a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Sqrt(Vector8DoubleWide a) => new(Vector512.Sqrt(a.v));

    /// <summary>
    /// exp by 2ⁿ·exp(r), |r| ≤ ln 2/2, and thirteen terms of the Taylor series, whose remainder is 4e-18; arguments below −708 give exp(−708).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Exp(Vector8DoubleWide a)
    {
        // Adding 1.5·2⁵² leaves the rounded quotient in the low bits of the sum.
        var shift = Vector512.Create(6755399441055744.0);
        var x = Vector512.MaxNative(a.v, Vector512.Create(-708.0));
        var sum = Vector512.MultiplyAddEstimate(x, Vector512.Create(1.4426950408889634), shift);
        var count = sum - shift;
        // ln 2 in two parts, the first with so few bits that its product with n is exact.
        x = Vector512.MultiplyAddEstimate(count, Vector512.Create(-6.93147180369123816490e-01), x);
        x = Vector512.MultiplyAddEstimate(count, Vector512.Create(-1.90821492927058770002e-10), x);
        var p = Polynomial(SpecialFunctions.InverseFactorials, x);
        return new((p.AsInt64() + (sum.AsInt64() << 52)).AsDouble());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Log(Vector8DoubleWide a) => new(Vector512.Log(a.v));

    /// <summary>erfc(x) = exp(−x²)·P(t)/(1 + 2x), see <see cref="SpecialFunctions.ErfcScaledCoefficients"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector8DoubleWide Erfc, Vector8DoubleWide Gaussian) ErfcGaussian(Vector8DoubleWide x)
    {
        var three = Const(3);
        var sum = x + three;
        var weight = MultiplyAdd(x, Const(2), Const(1));
        var inverse = Reciprocal(sum * weight);
        var t = (x - three) * weight * inverse;
        var p = Polynomial(SpecialFunctions.ErfcScaledCoefficients, t.v);
        var gaussian = Exp(-(x * x));
        return (gaussian * (new Vector8DoubleWide(p) * (sum * inverse)), gaussian);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Min(Vector8DoubleWide a, Vector8DoubleWide b) => new(Vector512.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Max(Vector8DoubleWide a, Vector8DoubleWide b) => new(Vector512.MaxNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide SmallerOf(Vector8DoubleWide a, Vector8DoubleWide b) => Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide LargerOf(Vector8DoubleWide a, Vector8DoubleWide b) => new(Vector512.Max(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide FromFloats(float* source)
    {
        var (lower, upper) = Vector256.Widen(Vector256.Load(source));
        return new(Vector512.Create(lower, upper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(float* destination, Vector8DoubleWide value) =>
        Vector256.Narrow(value.v.GetLower(), value.v.GetUpper()).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide Difference(double* source, double origin) => new(Vector512.Load(source) - Vector512.Create(origin));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WidenFour(double* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide SelectLess(Vector8DoubleWide a, Vector8DoubleWide b, Vector8DoubleWide ifLess, Vector8DoubleWide otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.v, b.v), ifLess.v, otherwise.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide ZeroUnlessLess(Vector8DoubleWide a, Vector8DoubleWide b, Vector8DoubleWide value) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.v, b.v), value.v, Vector512<double>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePacked(Vector8DoubleWide value, Vector8DoubleWide a, Vector8DoubleWide b, ref double* destination)
    {
        var less = Vector512.LessThan(a.v, b.v);
        Avx512F.Compress(Vector512<double>.Zero, less, value.v).Store(destination);
        destination += BitOperations.PopCount(less.ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide LoadPacked(ref double* source, Vector8DoubleWide a, Vector8DoubleWide b)
    {
        var less = Vector512.LessThan(a.v, b.v);
        var value = Avx512F.Expand(Vector512<double>.Zero, less, Vector512.Load(source));
        source += BitOperations.PopCount(less.ExtractMostSignificantBits());
        return new(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLess(Vector8DoubleWide a, Vector8DoubleWide b) => Vector512.LessThanAny(a.v, b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLaneSums(
        Vector8DoubleWide x0, Vector8DoubleWide x1, Vector8DoubleWide x2, Vector8DoubleWide x3, Vector8DoubleWide y0, Vector8DoubleWide y1, Vector8DoubleWide y2, Vector8DoubleWide y3, Vector8DoubleWide z0, Vector8DoubleWide z1, Vector8DoubleWide z2, Vector8DoubleWide z3, double* destination)
    {
        StoreLaneSums(x0, x1, x2, x3, destination);
        StoreLaneSums(y0, y1, y2, y3, destination + 4);
        StoreLaneSums(z0, z1, z2, z3, destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLaneSums(Vector8DoubleWide a, Vector8DoubleWide b, Vector8DoubleWide c, Vector8DoubleWide d, double* destination)
    {
        destination[0] = Sum(a);
        destination[1] = Sum(b);
        destination[2] = Sum(c);
        destination[3] = Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpreadFours(Vector8DoubleWide a, out Vector8DoubleWide x, out Vector8DoubleWide y, out Vector8DoubleWide z) =>
        (x, y, z) = (new(Avx512F.Permute4x64(a.v, 0x00)), new(Avx512F.Permute4x64(a.v, 0x55)), new(Avx512F.Permute4x64(a.v, 0xAA)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFour(Vector256<double> value, double* destination) => value.Store(destination);

    // Not BroadcastVector256ToVector512: .NET 10.0 folds it into the operation that follows as a broadcast of one element.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide LoadFours(double* source) => LoadLanes(source, source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide LoadEachFour(double* source) =>
        new(Avx512F.PermuteVar8x64(Vector256.Load(source).ToVector512Unsafe(), Vector512.Create(0L, 0, 0, 0, 1, 1, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8DoubleWide LoadLanes(double* first, double* second) => new(Vector512.Create(Vector256.Load(first), Vector256.Load(second)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRowSums(double* first, double* second, Vector8DoubleWide x, Vector8DoubleWide y, Vector8DoubleWide z)
    {
        Add(first, second, x);
        Add(first + 4, second + 4, y);
        Add(first + 8, second + 8, z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double* first, double* second, Vector8DoubleWide value)
    {
        (Vector256.Load(first) + value.v.GetLower()).Store(first);
        (Vector256.Load(second) + value.v.GetUpper()).Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLanes(double* first, double* second, Vector8DoubleWide value)
    {
        value.v.GetLower().Store(first);
        value.v.GetUpper().Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountIfAnyLess(Vector8DoubleWide a, Vector8DoubleWide b) => Vector512.LessThanAny(a.v, b.v) ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector8DoubleWide a) => LaneSum.Of(a.v.GetLower() + a.v.GetUpper());

    public static double Largest(Vector8DoubleWide a)
    {
        var m = Vector256.Max(a.v.GetLower(), a.v.GetUpper());
        return Math.Max(Math.Max(m[0], m[1]), Math.Max(m[2], m[3]));
    }

    public static Vector8DoubleWide Lookup(CubicTable table, Vector8DoubleWide x) => Each(x, table.Evaluate);

    public static Vector8DoubleWide LookupDerivative(CubicTable table, Vector8DoubleWide x) => Each(x, table.EvaluateDerivative);

    private static Vector8DoubleWide Each(Vector8DoubleWide x, Func<double, double> f) =>
        new(Vector512.Create(f(x.v[0]), f(x.v[1]), f(x.v[2]), f(x.v[3]), f(x.v[4]), f(x.v[5]), f(x.v[6]), f(x.v[7])));

    /// <summary>Horner's rule, lowest power first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Polynomial(ReadOnlySpan<double> coefficients, Vector512<double> x)
    {
        ref var c = ref MemoryMarshal.GetReference(coefficients);
        var p = Vector512.Create(Unsafe.Add(ref c, coefficients.Length - 1));
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            p = Vector512.MultiplyAddEstimate(p, x, Vector512.Create(Unsafe.Add(ref c, i)));
        }
        return p;
    }
}
