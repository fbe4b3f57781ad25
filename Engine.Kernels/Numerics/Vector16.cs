using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Numerics;

/// <summary>Two rows of eight floats in one AVX-512 register. Long functions are those of <see cref="Vector8"/>, half by half.</summary>
public readonly unsafe struct Vector16(Vector512<float> value) : IRows<Vector16, float>
{
    private readonly Vector512<float> v = value;

    /// <summary>Whether one instruction works on all sixteen; elsewhere <see cref="Vector8"/> is faster.</summary>
    public static bool IsHardwareAccelerated => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    public static int Rows => 2;

    private Vector8 Lower => new(v.GetLower());

    private Vector8 Upper => new(v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 operator +(Vector16 a, Vector16 b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 operator -(Vector16 a, Vector16 b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 operator *(Vector16 a, Vector16 b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 operator /(Vector16 a, Vector16 b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 operator -(Vector16 a) => new(-a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Const(double value) => new(Vector512.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector16 IReal<Vector16>.Parameter(in Coefficient value, string name) => new(Vector512.Create(value.Rounded));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Broadcast(double value) => new(Vector512.Create((float)value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector16 value) => value.v.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 LoadBroadcast(float* source) => new(Vector512.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpreadFours(Vector16 a, out Vector16 x, out Vector16 y, out Vector16 z) =>
        (x, y, z) = (new(Avx512F.Permute4x32(a.v, 0x00)), new(Avx512F.Permute4x32(a.v, 0x55)), new(Avx512F.Permute4x32(a.v, 0xAA)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 LoadFours(float* source) => new(Avx512F.BroadcastVector128ToVector512(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 LoadEachFour(float* source) => new(Avx512F.PermuteVar16x32(
        Avx512F.BroadcastVector128ToVector512(source), Vector512.Create(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(float* half, float* shift, float* rest, float* rows, out Vector16 origin)
    {
        var line = Vector512.Load(half);
        origin = new(OriginOf(line) + Vector512.Load(shift));
        line += Vector512.Load(rest);
        SpreadRows(line, Vector512.Create(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1), rows);
        SpreadRows(line, Vector512.Create(2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3), rows + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadRows(Vector512<float> line, Vector512<int> pair, float* rows)
    {
        Avx512F.PermuteVar16x32(line, pair).Store(rows);
        Avx512F.PermuteVar16x32(line, pair + Vector512.Create(4)).Store(rows + 16);
        Avx512F.PermuteVar16x32(line, pair + Vector512.Create(8)).Store(rows + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place(float* first, float* second, Vector16 origin, out Vector16 x, out Vector16 y, out Vector16 z)
    {
        var (a, b) = (Relative(first, origin.v), Relative(second, origin.v));
        x = new(Avx512F.PermuteVar16x32x2(a, Vector512.Create(0, 1, 2, 3, 16, 17, 18, 19, 0, 1, 2, 3, 16, 17, 18, 19), b));
        y = new(Avx512F.PermuteVar16x32x2(a, Vector512.Create(4, 5, 6, 7, 20, 21, 22, 23, 4, 5, 6, 7, 20, 21, 22, 23), b));
        z = new(Avx512F.PermuteVar16x32x2(a, Vector512.Create(8, 9, 10, 11, 24, 25, 26, 27, 8, 9, 10, 11, 24, 25, 26, 27), b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Relative(float* half, Vector512<float> origin)
    {
        var line = Vector512.Load(half);
        return line + (OriginOf(line) - origin);
    }

    /// <summary>Each coordinate of the origin in four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OriginOf(Vector512<float> half) =>
        Avx512F.PermuteVar16x32(half, Vector512.Create(12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 LoadLanes(float* first, float* second)
    {
        // The compiler would make a mask register of a constant choice, every time.
        const byte Choose = 0xCA;
        return new(Avx512F.TernaryLogic(
            Vector512.Create(-1L, -1, 0, 0, -1, -1, 0, 0).AsSingle(), Avx512F.BroadcastVector128ToVector512(first), Avx512F.BroadcastVector128ToVector512(second), Choose));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRowSums(float* first, float* second, Vector16 x, Vector16 y, Vector16 z)
    {
        // Quarters of a register: x of the first half, x of the second, y of the first, y of the second.
        var xy = Avx512F.Shuffle4x128(x.v, y.v, 0x44) + Avx512F.Shuffle4x128(x.v, y.v, 0xEE);
        var zz = (z.v.GetLower() + z.v.GetUpper()).ToVector512Unsafe();
        (Vector512.Load(first) + Avx512F.PermuteVar16x32x2(xy, Vector512.Create(0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 16, 17, 18, 19), zz)).Store(first);
        (Vector512.Load(second) + Avx512F.PermuteVar16x32x2(xy, Vector512.Create(4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 20, 21, 22, 23), zz)).Store(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLaneSums(
        Vector16 x0, Vector16 x1, Vector16 x2, Vector16 x3, Vector16 y0, Vector16 y1, Vector16 y2, Vector16 y3,
        Vector16 z0, Vector16 z1, Vector16 z2, Vector16 z3, float* destination)
    {
        // Within each quarter of a register: pairs of lanes, then the four, of x and y side by side.
        var x = AddPairs(x0.v, x1.v);
        var y = AddPairs(y0.v, y1.v);
        var z = AddPairs(z0.v, z1.v);
        var xy = AddPairs(x, y);
        var zz = AddPairs(z, z);
        // Two quarters make a row.
        var sums = Avx512F.Shuffle4x128(xy, zz, 0x88) + Avx512F.Shuffle4x128(xy, zz, 0xDD);
        Avx512F.PermuteVar16x32(sums, Vector512.Create(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15)).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 MultiplyAdd(Vector16 a, Vector16 b, Vector16 c) => new(Vector512.MultiplyAddEstimate(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Reciprocal(Vector16 a)
    {
        // An estimate of 14 bits and a step of Newton's method: a division keeps the processor busy for as long as a whole pair of rows.
        var estimate = Avx512F.Reciprocal14(a.v);
        return new(Avx512F.FusedMultiplyAdd(estimate, Avx512F.FusedMultiplyAddNegated(a.v, estimate, Vector512<float>.One), estimate));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Sqrt(Vector16 a) => new(Vector512.Sqrt(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 ReciprocalSqrt(Vector16 a) => new(Vector512<float>.One / Vector512.Sqrt(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Exp(Vector16 a) => Join(Vector8.Exp(a.Lower), Vector8.Exp(a.Upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Log(Vector16 a) => Join(Vector8.Log(a.Lower), Vector8.Log(a.Upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector16 Erfc, Vector16 Gaussian) ErfcGaussian(Vector16 x)
    {
        var (lower, upper) = (Vector8.ErfcGaussian(x.Lower), Vector8.ErfcGaussian(x.Upper));
        return (Join(lower.Erfc, upper.Erfc), Join(lower.Gaussian, upper.Gaussian));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Min(Vector16 a, Vector16 b) => new(Vector512.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Max(Vector16 a, Vector16 b) => new(Vector512.MaxNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 SmallerOf(Vector16 a, Vector16 b) => new(Vector512.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 SelectLess(Vector16 a, Vector16 b, Vector16 ifLess, Vector16 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.v, b.v), ifLess.v, otherwise.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 ZeroUnlessLess(Vector16 a, Vector16 b, Vector16 value) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.v, b.v), value.v, Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePacked(Vector16 value, Vector16 a, Vector16 b, ref float* destination)
    {
        var less = Vector512.LessThan(a.v, b.v);
        Avx512F.Compress(Vector512<float>.Zero, less, value.v).Store(destination);
        destination += BitOperations.PopCount(less.ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 LoadPacked(ref float* source, Vector16 a, Vector16 b)
    {
        var less = Vector512.LessThan(a.v, b.v);
        var value = Avx512F.Expand(Vector512<float>.Zero, less, Vector512.Load(source));
        source += BitOperations.PopCount(less.ExtractMostSignificantBits());
        return new(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyLess(Vector16 a, Vector16 b) => Vector512.LessThanAny(a.v, b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountIfAnyLess(Vector16 a, Vector16 b) => Vector512.LessThanAny(a.v, b.v) ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector16 a) => Vector8.Sum(a.Lower) + Vector8.Sum(a.Upper);

    public static double Largest(Vector16 a) => Math.Max(Vector8.Largest(a.Lower), Vector8.Largest(a.Upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 Lookup(CubicTable table, Vector16 x) => Join(Vector8.Lookup(table, x.Lower), Vector8.Lookup(table, x.Upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector16 LookupDerivative(CubicTable table, Vector16 x) =>
        Join(Vector8.LookupDerivative(table, x.Lower), Vector8.LookupDerivative(table, x.Upper));

    /// <summary>In each quarter: two sums of neighbours of a, two of b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddPairs(Vector512<float> a, Vector512<float> b) => Avx512F.Shuffle(a, b, 0x88) + Avx512F.Shuffle(a, b, 0xDD);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector16 Join(Vector8 lower, Vector8 upper) => new(Vector512.Create(lower.Register, upper.Register));
}
