using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Numerics;

/// <summary>Eight floats in one AVX register: the lanes of precision `mixed`.</summary>
public readonly unsafe struct Vector8(Vector256<float> value) : ILanes<Vector8, float>
{
    private readonly Vector256<float> v = value;

    public static int Rows => 1;

    internal Vector256<float> Register => v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 operator +(Vector8 a, Vector8 b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 operator -(Vector8 a, Vector8 b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 operator *(Vector8 a, Vector8 b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 operator /(Vector8 a, Vector8 b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 operator -(Vector8 a) => new(-a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Const(double value) => new(Vector256.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector8 IReal<Vector8>.Parameter(in Coefficient value, string name) => new(Vector256.Create(value.Rounded));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Broadcast(double value) => new(Vector256.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector8 value) => value.v.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 LoadBroadcast(float* source) => new(Vector256.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(double value) => (float)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Widen(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 MultiplyAdd(Vector8 a, Vector8 b, Vector8 c) => new(Vector256.MultiplyAddEstimate(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Reciprocal(Vector8 a)
    {
        if (!Avx512F.VL.IsSupported)
        {
            return new(Vector256<float>.One / a.v);
        }
        // As two rows at once do it, bit for bit.
        var estimate = Avx512F.VL.Reciprocal14(a.v);
        return new(Fma.MultiplyAdd(estimate, Fma.MultiplyAddNegated(a.v, estimate, Vector256<float>.One), estimate));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Sqrt(Vector8 a) => new(Vector256.Sqrt(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 ReciprocalSqrt(Vector8 a) => new(Vector256<float>.One / Vector256.Sqrt(a.v));

    /// <summary>
    /// exp by 2ⁿ·exp(r), |r| ≤ ln 2/2, and the polynomial of degree 7 of the Cephes library (S. L. Moshier), relative error 1.2e-7;
    /// arguments below −87 give exp(−87).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Exp(Vector8 a)
    {
        var x = Vector256.MaxNative(a.v, Vector256.Create(-87f));
        var n = Vector256.Round(x * Vector256.Create(1.44269504f));
        var r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(2.12194440e-4f), r);
        var p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.MultiplyAddEstimate(p, r * r, r) + Vector256<float>.One;
        var power = Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n), 23);
        return new((p.AsInt32() + power).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Log(Vector8 a) => new(Vector256.Log(a.v));

    /// <summary>erfc(x) = exp(−x²)·P(t)/(1 + 2x), see <see cref="SpecialFunctions.ErfcScaledCoefficientsFloat"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector8 Erfc, Vector8 Gaussian) ErfcGaussian(Vector8 x)
    {
        var one = Vector256<float>.One;
        var three = Vector256.Create(3f);
        var sum = x.v + three;
        var weight = Vector256.MultiplyAddEstimate(x.v, Vector256.Create(2f), one);
        var inverse = one / (sum * weight);
        var t = (x.v - three) * weight * inverse;
        var c = SpecialFunctions.ErfcScaledCoefficientsFloat;
        var p = Vector256.Create(c[10]);
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[9]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[8]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[7]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[6]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[5]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[4]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[3]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[2]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[1]));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(c[0]));
        var gaussian = Exp(new(-(x.v * x.v)));
        return (new(gaussian.v * (p * (sum * inverse))), gaussian);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Min(Vector8 a, Vector8 b) => new(Vector256.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Max(Vector8 a, Vector8 b) => new(Vector256.MaxNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 SmallerOf(Vector8 a, Vector8 b) => new(Vector256.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 LargerOf(Vector8 a, Vector8 b) => new(Vector256.Max(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 FromFloats(float* source) => Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFloats(float* destination, Vector8 value) => Store(destination, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Difference(double* source, double origin)
    {
        var o = Vector256.Create(origin);
        return new(Vector256.Narrow(Vector256.Load(source) - o, Vector256.Load(source + 4) - o));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WidenFour(float* source) =>
        Avx.IsSupported ? Avx.ConvertToVector256Double(Vector128.Load(source)) : Vector256.WidenLower(Vector128.Load(source).ToVector256());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 SelectLess(Vector8 a, Vector8 b, Vector8 ifLess, Vector8 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a.v, b.v), ifLess.v, otherwise.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 ZeroUnlessLess(Vector8 a, Vector8 b, Vector8 value) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a.v, b.v), value.v, Vector256<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePacked(Vector8 value, Vector8 a, Vector8 b, ref float* destination)
    {
        var less = Vector256.LessThan(a.v, b.v).ExtractMostSignificantBits();
        PackingOrder.Pack(value.v, less).Store(destination);
        destination += BitOperations.PopCount(less);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 LoadPacked(ref float* source, Vector8 a, Vector8 b)
    {
        var mask = Vector256.LessThan(a.v, b.v);
        var less = mask.ExtractMostSignificantBits();
        var value = PackingOrder.Unpack(Vector256.Load(source), less);
        source += BitOperations.PopCount(less);
        return new(value & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLess(Vector8 a, Vector8 b) => Vector256.LessThanAny(a.v, b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLaneSums(
        Vector8 x0, Vector8 x1, Vector8 x2, Vector8 x3, Vector8 y0, Vector8 y1, Vector8 y2, Vector8 y3, Vector8 z0, Vector8 z1, Vector8 z2, Vector8 z3, float* destination)
    {
        StoreLaneSums(x0, x1, x2, x3, destination);
        StoreLaneSums(y0, y1, y2, y3, destination + 4);
        StoreLaneSums(z0, z1, z2, z3, destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLaneSums(Vector8 a, Vector8 b, Vector8 c, Vector8 d, float* destination)
    {
        if (Avx.IsSupported)
        {
            var sums = Avx.HorizontalAdd(Avx.HorizontalAdd(a.v, b.v), Avx.HorizontalAdd(c.v, d.v));
            (sums.GetLower() + sums.GetUpper()).Store(destination);
            return;
        }
        destination[0] = (float)Sum(a);
        destination[1] = (float)Sum(b);
        destination[2] = (float)Sum(c);
        destination[3] = (float)Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpreadFours(Vector8 a, out Vector8 x, out Vector8 y, out Vector8 z) => (x, y, z) = (
        new(Vector256.Shuffle(a.v, Vector256.Create(0, 0, 0, 0, 4, 4, 4, 4))),
        new(Vector256.Shuffle(a.v, Vector256.Create(1, 1, 1, 1, 5, 5, 5, 5))),
        new(Vector256.Shuffle(a.v, Vector256.Create(2, 2, 2, 2, 6, 6, 6, 6))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFour(Vector256<double> value, float* destination) => (Avx.IsSupported ? Avx.ConvertToVector128Single(value) : Vector256.Narrow(value, value).GetLower()).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 LoadFours(float* source) => new(Vector256.Create(Vector128.Load(source), Vector128.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 LoadEachFour(float* source) => new(Vector256.Create(Vector128.Create(source[0]), Vector128.Create(source[1])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 LoadLanes(float* first, float* second) => new(Vector256.Create(Vector128.Load(first), Vector128.Load(second)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRowSums(float* first, float* second, Vector8 x, Vector8 y, Vector8 z)
    {
        Add(first, second, x);
        Add(first + 4, second + 4, y);
        Add(first + 8, second + 8, z);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* first, float* second, Vector8 value)
    {
        (Vector128.Load(first) + value.v.GetLower()).Store(first);
        (Vector128.Load(second) + value.v.GetUpper()).Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLanes(float* first, float* second, Vector8 value)
    {
        value.v.GetLower().Store(first);
        value.v.GetUpper().Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountIfAnyLess(Vector8 a, Vector8 b) => Vector256.LessThan(a.v, b.v).ExtractMostSignificantBits() != 0 ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector8 a)
    {
        var (lower, upper) = Vector256.Widen(a.v);
        return LaneSum.Of(lower + upper);
    }

    public static double Largest(Vector8 a)
    {
        var largest = a.v[0];
        for (var i = 1; i < 8; i++)
        {
            largest = MathF.Max(largest, a.v[i]);
        }
        return largest;
    }

    /// <summary>Eight rows of four coefficients are loaded and turned in registers, which is faster than four gathers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector8 Lookup(CubicTable table, Vector8 x)
    {
        var s = Vector256.MultiplyAddEstimate(x.v, Vector256.Create(table.FloatScale), Vector256.Create(table.FloatOffset));
        // In this order NaN becomes 0: the row is always inside the table.
        var whole = Vector256.MinNative(Vector256.MaxNative(Vector256.Floor(s), default), Vector256.Create(table.FloatLast));
        var t = s - whole;
        var k = Vector256.ShiftLeft(Vector256.ConvertToInt32Native(whole), 2);
        ref var c = ref MemoryMarshal.GetArrayDataReference(table.FloatCoefficients);
        var (low, high) = (k.GetLower().AsInt64(), k.GetUpper().AsInt64());
        long k01 = low[0], k23 = low[1], k45 = high[0], k67 = high[1];
        var r04 = Vector256.Create(Row(ref c, (uint)k01), Row(ref c, (uint)k45));
        var r15 = Vector256.Create(Row(ref c, (nuint)(k01 >>> 32)), Row(ref c, (nuint)(k45 >>> 32)));
        var r26 = Vector256.Create(Row(ref c, (uint)k23), Row(ref c, (uint)k67));
        var r37 = Vector256.Create(Row(ref c, (nuint)(k23 >>> 32)), Row(ref c, (nuint)(k67 >>> 32)));
        Vector256<float> c0, c1, c2, c3;
        if (Avx.IsSupported)
        {
            Vector256<float> a = Avx.UnpackLow(r04, r15), b = Avx.UnpackLow(r26, r37), d = Avx.UnpackHigh(r04, r15), e = Avx.UnpackHigh(r26, r37);
            c0 = Avx.Shuffle(a, b, 0x44);
            c1 = Avx.Shuffle(a, b, 0xEE);
            c2 = Avx.Shuffle(d, e, 0x44);
            c3 = Avx.Shuffle(d, e, 0xEE);
        }
        else
        {
            c0 = Vector256.Create(r04[0], r15[0], r26[0], r37[0], r04[4], r15[4], r26[4], r37[4]);
            c1 = Vector256.Create(r04[1], r15[1], r26[1], r37[1], r04[5], r15[5], r26[5], r37[5]);
            c2 = Vector256.Create(r04[2], r15[2], r26[2], r37[2], r04[6], r15[6], r26[6], r37[6]);
            c3 = Vector256.Create(r04[3], r15[3], r26[3], r37[3], r04[7], r15[7], r26[7], r37[7]);
        }
        var p = Vector256.MultiplyAddEstimate(c3, t, c2);
        p = Vector256.MultiplyAddEstimate(p, t, c1);
        return new(Vector256.MultiplyAddEstimate(p, t, c0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Row(ref float c, nuint k) => Vector128.LoadUnsafe(ref c, k);

    public static Vector8 LookupDerivative(CubicTable table, Vector8 x)
    {
        var (k, t) = Interval(table, x);
        var c = table.FloatCoefficients;
        var p = Vector256.Create(3f) * Gather(c, k, 3);
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(2f) * Gather(c, k, 2));
        p = Vector256.MultiplyAddEstimate(p, t, Gather(c, k, 1));
        return new(p * Vector256.Create((float)(1 / table.Spacing)));
    }

    private static (Vector256<int> Offset, Vector256<float> Fraction) Interval(CubicTable table, Vector8 x)
    {
        var s = (x.v - Vector256.Create((float)table.Start)) * Vector256.Create((float)(1 / table.Spacing));
        var whole = Vector256.MinNative(Vector256.MaxNative(Vector256.Floor(s), default), Vector256.Create(table.Intervals - 1f));
        return (Vector256.ConvertToInt32Native(whole) * 4, s - whole);
    }

    private static Vector256<float> Gather(float[] c, Vector256<int> offset, int part) => Vector256.Create(
        c[offset[0] + part], c[offset[1] + part], c[offset[2] + part], c[offset[3] + part],
        c[offset[4] + part], c[offset[5] + part], c[offset[6] + part], c[offset[7] + part]);
}
