using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;

namespace Engine.Kernels.Ntk;

/// <summary>
/// Gradients by weights, formed from the positions of a sample and multiplied with those of other samples: products with some tens of rows, in which a BLAS for large matrices spends a
/// third of its time on putting them into another order. Needs registers of 512 bits, with fewer of which the sums of a block do not stay in registers. Elements are summed up in an
/// order that depends on the length of the sum alone.
/// </summary>
public static unsafe class GradientProducts
{
    /// <summary>Rows of a block of sums.</summary>
    private const int Rows = 4;

    /// <summary>Vectors of a row of a block of sums that are formed.</summary>
    private const int Vectors = 4;

    /// <summary>Rows of derivatives that lie side by side while they are used: a line of the cache of floats.</summary>
    private const int Packed = 16;

    /// <summary>The same where inputs do not stay in the first cache from one to the next: they are read half as often.</summary>
    private const int PackedOfManyPositions = 32;

    /// <summary>Positions at a time: their inputs stay in the first cache.</summary>
    private const int Positions = 64;

    /// <summary>Elements of rows that are multiplied before their sums are added to the kernel: with fewer, adding up the lanes of vectors takes longer than rows from the second cache.</summary>
    private const int Chunk = 4096;

    /// <summary>Rows of columns of the kernel whose chunks stay in the second cache.</summary>
    private const int Columns = 32;

    /// <summary>Whether the processor has registers of 512 bits.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Sse.IsSupported;

    /// <summary>Whether <see cref="Form"/> can form gradients of so many rows and columns.</summary>
    /// <param name="rows">b.</param>
    /// <param name="columns">a.</param>
    public static bool CanForm<T>(int rows, int columns)
        where T : unmanaged => IsSupported && rows >= Rows && columns >= Vectors * Vector512<T>.Count;

    /// <summary>Gᵀ A, the sum over positions of the products g aᵀ.</summary>
    /// <param name="derivatives">G, [positions, b].</param>
    /// <param name="inputs">A, [positions, a].</param>
    /// <param name="gradient">Gets the product, [b, a].</param>
    /// <param name="scratch">Of this thread.</param>
    public static void Form<T>(Matrix<T> derivatives, Matrix<T> inputs, Matrix<T> gradient, AlignedBuffer<T> scratch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (positions, width) = (derivatives.Rows, Vectors * Vector512<T>.Count);
        if (!CanForm<T>(gradient.Rows, gradient.Columns) || derivatives.IsTransposed || inputs.IsTransposed || gradient.IsTransposed
            || (inputs.Rows, derivatives.Columns, inputs.Columns) != (positions, gradient.Rows, gradient.Columns))
        {
            throw new ArgumentException(
                $"derivatives of {positions} × {derivatives.Columns} and inputs of {inputs.Rows} × {inputs.Columns} form no gradient of {gradient.Rows} × {gradient.Columns}");
        }
        var packed = Math.Min(positions > Positions ? PackedOfManyPositions : Packed, gradient.Rows / Rows * Rows);
        scratch.Require(positions * packed);
        for (var row = 0; row < gradient.Rows; row += packed)
        {
            // The last rows are formed with some before them, the last columns likewise: the same sums once more.
            var first = Math.Min(row, gradient.Rows - packed);
            for (var p = 0; p < positions; p++)
            {
                Copy(derivatives.At(p, first), scratch.Pointer + (long)p * packed, packed);
            }
            for (var column = 0; column < gradient.Columns; column += width)
            {
                var start = Math.Min(column, gradient.Columns - width);
                // Without a position the sum is zero, and is written too.
                for (var p = 0; p == 0 || p < positions; p += Positions)
                {
                    for (var r = 0; r < packed; r += Rows)
                    {
                        var a = inputs.At(p, start);
                        FormBlock(
                            scratch.Pointer + (long)p * packed + r, packed, a, inputs.Stride, Math.Min(Positions, positions - p), gradient.At(first + r, start), gradient.Stride, p > 0,
                            a + (long)Positions * inputs.Stride + r / Rows % Vectors * Vector512<T>.Count);
                    }
                }
            }
        }
    }

    /// <summary>K ← K + scale · G Hᵀ.</summary>
    /// <param name="left">G, [n, elements].</param>
    /// <param name="right">H, [m, elements].</param>
    /// <param name="scale">Of both gradients together.</param>
    /// <param name="kernel">K, [n, m].</param>
    /// <param name="lower">Whether only elements with row ≥ column are wanted; others may be added or not.</param>
    public static void Add<T>(Matrix<T> left, Matrix<T> right, double scale, Matrix<double> kernel, bool lower)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!IsSupported || left.IsTransposed || right.IsTransposed || kernel.IsTransposed || left.Columns != right.Columns
            || (kernel.Rows, kernel.Columns) != (left.Rows, right.Rows))
        {
            throw new ArgumentException(
                $"gradients of {left.Rows} × {left.Columns} and {right.Rows} × {right.Columns} do not fit a kernel of {kernel.Rows} × {kernel.Columns}");
        }
        for (var start = 0; start < left.Columns; start += Chunk)
        {
            var length = Math.Min(Chunk, left.Columns - start);
            for (var block = 0; block < right.Rows; block += Columns)
            {
                for (var i = 0; i < left.Rows; i += Rows)
                {
                    var end = Math.Min(lower ? Math.Min(right.Rows, i + Rows) : right.Rows, block + Columns);
                    for (var j = block; j < end; j += Rows)
                    {
                        AddBlock(left, right, i, j, start, length, scale, kernel);
                    }
                }
            }
        }
    }

    /// <summary>Four rows of four vectors of a gradient; meanwhile fetches one of the vectors of positions to come, from <paramref name="next"/> on, which may be beyond the last.</summary>
    private static void FormBlock<T>(T* g, int packed, T* a, int stride, int positions, T* gradient, int rowStride, bool goesOn, T* next)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var lanes = Vector512<T>.Count;
        Vector512<T> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<T> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default, s33 = default;
        if (goesOn)
        {
            Load(gradient, out s00, out s01, out s02, out s03);
            Load(gradient + rowStride, out s10, out s11, out s12, out s13);
            Load(gradient + 2L * rowStride, out s20, out s21, out s22, out s23);
            Load(gradient + 3L * rowStride, out s30, out s31, out s32, out s33);
        }
        for (var p = 0; p < positions; p++, g += packed, a += stride, next += stride)
        {
            Sse.Prefetch0(next);
            var (a0, a1, a2, a3) = (Vector512.Load(a), Vector512.Load(a + lanes), Vector512.Load(a + 2 * lanes), Vector512.Load(a + 3 * lanes));
            var g0 = Vector512.Create(g[0]);
            (s00, s01, s02, s03) = (Sum(g0, a0, s00), Sum(g0, a1, s01), Sum(g0, a2, s02), Sum(g0, a3, s03));
            var g1 = Vector512.Create(g[1]);
            (s10, s11, s12, s13) = (Sum(g1, a0, s10), Sum(g1, a1, s11), Sum(g1, a2, s12), Sum(g1, a3, s13));
            var g2 = Vector512.Create(g[2]);
            (s20, s21, s22, s23) = (Sum(g2, a0, s20), Sum(g2, a1, s21), Sum(g2, a2, s22), Sum(g2, a3, s23));
            var g3 = Vector512.Create(g[3]);
            (s30, s31, s32, s33) = (Sum(g3, a0, s30), Sum(g3, a1, s31), Sum(g3, a2, s32), Sum(g3, a3, s33));
        }
        Store(s00, s01, s02, s03, gradient);
        Store(s10, s11, s12, s13, gradient + rowStride);
        Store(s20, s21, s22, s23, gradient + 2L * rowStride);
        Store(s30, s31, s32, s33, gradient + 3L * rowStride);
    }

    /// <summary>A few elements, which a call would take longer for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* from, T* to, int count)
        where T : unmanaged
    {
        var k = 0;
        for (; k + Vector512<T>.Count <= count; k += Vector512<T>.Count)
        {
            Vector512.Load(from + k).Store(to + k);
        }
        for (; k < count; k++)
        {
            to[k] = from[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<T>(T* row, out Vector512<T> s0, out Vector512<T> s1, out Vector512<T> s2, out Vector512<T> s3)
        where T : unmanaged
    {
        s0 = Vector512.Load(row);
        s1 = Vector512.Load(row + Vector512<T>.Count);
        s2 = Vector512.Load(row + 2 * Vector512<T>.Count);
        s3 = Vector512.Load(row + 3 * Vector512<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector512<T> s0, Vector512<T> s1, Vector512<T> s2, Vector512<T> s3, T* row)
        where T : unmanaged
    {
        s0.Store(row);
        s1.Store(row + Vector512<T>.Count);
        s2.Store(row + 2 * Vector512<T>.Count);
        s3.Store(row + 3 * Vector512<T>.Count);
    }

    /// <summary>The products of four rows with four; of fewer at the end, where the last stands for those that are not there.</summary>
    private static void AddBlock<T>(Matrix<T> left, Matrix<T> right, int i, int j, int start, int length, double scale, Matrix<double> kernel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sums = stackalloc double[Rows * Rows];
        var (lastLeft, lastRight) = (left.Rows - 1, right.Rows - 1);
        var whole = length / Vector512<T>.Count * Vector512<T>.Count;
        Multiply(
            left.At(i, start), left.At(Math.Min(i + 1, lastLeft), start), left.At(Math.Min(i + 2, lastLeft), start), left.At(Math.Min(i + 3, lastLeft), start),
            right.At(j, start), right.At(Math.Min(j + 1, lastRight), start), right.At(Math.Min(j + 2, lastRight), start), right.At(Math.Min(j + 3, lastRight), start), whole, sums);
        for (var r = i; r < Math.Min(i + Rows, left.Rows); r++)
        {
            for (var c = j; c < Math.Min(j + Rows, right.Rows); c++)
            {
                var sum = sums[(r - i) * Rows + c - j];
                T* g = left.At(r, start), h = right.At(c, start);
                for (var k = whole; k < length; k++)
                {
                    sum += double.CreateTruncating(g[k]) * double.CreateTruncating(h[k]);
                }
                kernel[r, c] = Math.FusedMultiplyAdd(scale, sum, kernel[r, c]);
            }
        }
    }

    /// <summary>The loop by itself, so that its pointers stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply<T>(T* g0, T* g1, T* g2, T* g3, T* h0, T* h1, T* h2, T* h3, nint length, double* sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<T> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default, s33 = default;
        for (nint k = 0; k < length; k += Vector512<T>.Count)
        {
            var (v0, v1, v2, v3) = (Vector512.Load(g0 + k), Vector512.Load(g1 + k), Vector512.Load(g2 + k), Vector512.Load(g3 + k));
            var w0 = Vector512.Load(h0 + k);
            (s00, s10, s20, s30) = (Sum(v0, w0, s00), Sum(v1, w0, s10), Sum(v2, w0, s20), Sum(v3, w0, s30));
            var w1 = Vector512.Load(h1 + k);
            (s01, s11, s21, s31) = (Sum(v0, w1, s01), Sum(v1, w1, s11), Sum(v2, w1, s21), Sum(v3, w1, s31));
            var w2 = Vector512.Load(h2 + k);
            (s02, s12, s22, s32) = (Sum(v0, w2, s02), Sum(v1, w2, s12), Sum(v2, w2, s22), Sum(v3, w2, s32));
            var w3 = Vector512.Load(h3 + k);
            (s03, s13, s23, s33) = (Sum(v0, w3, s03), Sum(v1, w3, s13), Sum(v2, w3, s23), Sum(v3, w3, s33));
        }
        (sums[0], sums[1], sums[2], sums[3]) = (Fold(s00), Fold(s01), Fold(s02), Fold(s03));
        (sums[4], sums[5], sums[6], sums[7]) = (Fold(s10), Fold(s11), Fold(s12), Fold(s13));
        (sums[8], sums[9], sums[10], sums[11]) = (Fold(s20), Fold(s21), Fold(s22), Fold(s23));
        (sums[12], sums[13], sums[14], sums[15]) = (Fold(s30), Fold(s31), Fold(s32), Fold(s33));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Sum<T>(Vector512<T> x, Vector512<T> y, Vector512<T> sum) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), sum.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), sum.AsDouble()).As<double, T>();

    /// <summary>The sum of all lanes, halves upon halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Fold<T>(Vector512<T> lanes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var half = lanes.GetLower() + lanes.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        if (typeof(T) == typeof(double))
        {
            return double.CreateTruncating(quarter[0] + quarter[1]);
        }
        return double.CreateTruncating(quarter[0] + quarter[2] + (quarter[1] + quarter[3]));
    }
}
