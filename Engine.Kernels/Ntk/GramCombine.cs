using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Algebra;

namespace Engine.Kernels.Ntk;

/// <summary>
/// What follows the two Gram matrices of a layer: their elementwise product, added to the kernel in double. With A the layer's inputs and G the derivatives by its outputs before
/// activation, d f/d W = g aᵀ, so that the product of two gradients is (a·a')(g·g'). Elements are added in a fixed order, with fused multiply-adds, so that neither the width of
/// registers nor the size of a block shows in the result.
/// </summary>
public static unsafe class GramCombine
{
    /// <summary>Floats at once.</summary>
    private const int Lanes = 8;

    /// <summary>K ← K + (scale · A + offset) ∘ G; with C outputs an element of A belongs to a block of C × C.</summary>
    /// <param name="inputs">A Aᵀ of samples, [n, m].</param>
    /// <param name="gradients">G Gᵀ of samples and outputs, [n · C, m · C], output fastest.</param>
    /// <param name="scale">Of the weights, squared.</param>
    /// <param name="offset">Of the bias, squared; 0 without.</param>
    /// <param name="kernel">Like the second product.</param>
    /// <param name="lower">Whether only elements with row ≥ column are wanted.</param>
    public static void Add<T>(Matrix<T> inputs, Matrix<T> gradients, double scale, double offset, Matrix<double> kernel, bool lower)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var outputs = inputs.Rows == 0 ? 1 : gradients.Rows / inputs.Rows;
        Require(gradients, kernel, inputs.Rows * outputs == gradients.Rows && inputs.Columns * outputs == gradients.Columns);
        var repeated = outputs == 1 ? [] : new T[gradients.Columns];
        fixed (T* spread = repeated)
        {
            for (var i = 0; i < inputs.Rows; i++)
            {
                var factors = inputs.At(i, 0);
                if (outputs > 1)
                {
                    for (var j = 0; j < inputs.Columns; j++)
                    {
                        new Span<T>(spread + j * outputs, outputs).Fill(factors[j]);
                    }
                    factors = spread;
                }
                for (var row = i * outputs; row < (i + 1) * outputs; row++)
                {
                    AddRow(factors, gradients.At(row, 0), scale, offset, kernel.At(row, 0), lower ? Math.Min(row + 1, kernel.Columns) : kernel.Columns);
                }
            }
        }
    }

    /// <summary>K ← K + scale · G.</summary>
    /// <param name="gradients">G Gᵀ, like K.</param>
    /// <param name="scale">Of the gradients, squared.</param>
    /// <param name="kernel">K.</param>
    /// <param name="lower">Whether only elements with row ≥ column are wanted.</param>
    public static void Add<T>(Matrix<T> gradients, double scale, Matrix<double> kernel, bool lower)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Require(gradients, kernel, true);
        for (var row = 0; row < kernel.Rows; row++)
        {
            AddRow(gradients.At(row, 0), scale, kernel.At(row, 0), lower ? Math.Min(row + 1, kernel.Columns) : kernel.Columns);
        }
    }

    /// <summary>
    /// Samples of several positions: K_ij ← K_ij + Σ_{p of i, q of j} (scale · A_pq + offset) G_pq, where row i of K stands <paramref name="rowStep"/> rows after row i − 1 and
    /// columns likewise.
    /// </summary>
    /// <param name="inputs">A Aᵀ of positions.</param>
    /// <param name="gradients">G Gᵀ of positions.</param>
    /// <param name="rows">Where the positions of each sample of the rows start, and the end: counted from the first.</param>
    /// <param name="columns">The same of the columns.</param>
    /// <param name="scale">Of the weights, squared.</param>
    /// <param name="offset">Of the bias, squared; 0 without.</param>
    /// <param name="kernel">K, from the element of the first two samples on.</param>
    /// <param name="rowStep">Rows of K from a sample to the next: the number of outputs where they are rows, else 1.</param>
    /// <param name="columnStep">The same of columns.</param>
    /// <param name="lower">Whether rows and columns are the same samples, of which only pairs i ≥ j are wanted.</param>
    public static void Contract<T>(
        Matrix<T> inputs, Matrix<T> gradients, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, double scale, double offset, Matrix<double> kernel, int rowStep = 1,
        int columnStep = 1, bool lower = false)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (firstRow, firstColumn) = (rows[0], columns[0]);
        for (var i = 0; i < rows.Length - 1; i++)
        {
            var row = rows[i] - firstRow;
            for (var j = 0; j < (lower ? i + 1 : columns.Length - 1); j++)
            {
                var start = columns[j] - firstColumn;
                kernel[i * rowStep, j * columnStep] += Dot(
                    inputs.At(row, start), inputs.Stride, gradients.At(row, start), gradients.Stride, scale, offset, rows[i + 1] - rows[i], columns[j + 1] - columns[j]);
            }
        }
    }

    private static void AddRow<T>(T* a, T* g, double scale, double offset, double* k, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var j = 0;
        var (s, b) = (Vector512.Create(scale), Vector512.Create(offset));
        for (; j <= count - Lanes; j += Lanes)
        {
            Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(s, Load(a + j), b), Load(g + j), Vector512.Load(k + j)).Store(k + j);
        }
        for (; j < count; j++)
        {
            k[j] = Math.FusedMultiplyAdd(Math.FusedMultiplyAdd(scale, double.CreateTruncating(a[j]), offset), double.CreateTruncating(g[j]), k[j]);
        }
    }

    private static void AddRow<T>(T* g, double scale, double* k, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var j = 0;
        for (var s = Vector512.Create(scale); j <= count - Lanes; j += Lanes)
        {
            Vector512.FusedMultiplyAdd(s, Load(g + j), Vector512.Load(k + j)).Store(k + j);
        }
        for (; j < count; j++)
        {
            k[j] = Math.FusedMultiplyAdd(scale, double.CreateTruncating(g[j]), k[j]);
        }
    }

    /// <summary>Σ (scale · a + offset) g over a rectangle: eight sums side by side for whole vectors, one for the rest of each row, then those.</summary>
    private static double Dot<T>(T* a, int strideOfA, T* g, int strideOfG, double scale, double offset, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (s, b, sums, sum) = (Vector512.Create(scale), Vector512.Create(offset), Vector512<double>.Zero, 0.0);
        for (var p = 0; p < rows; p++)
        {
            var q = 0;
            for (; q <= columns - Lanes; q += Lanes)
            {
                sums = Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(s, Load(a + q), b), Load(g + q), sums);
            }
            for (; q < columns; q++)
            {
                sum = Math.FusedMultiplyAdd(Math.FusedMultiplyAdd(scale, double.CreateTruncating(a[q]), offset), double.CreateTruncating(g[q]), sum);
            }
            a += strideOfA;
            g += strideOfG;
        }
        for (var lane = 0; lane < Lanes; lane++)
        {
            sum += sums[lane];
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load<T>(T* p)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return Vector512.Load((double*)p);
        }
        var (low, high) = Vector256.Widen(Vector256.Load((float*)p));
        return Vector512.Create(low, high);
    }

    private static void Require<T>(Matrix<T> gradients, Matrix<double> kernel, bool fits)
        where T : unmanaged
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            throw new ArgumentException($"Gram matrices of {typeof(T).Name} cannot be combined, expected float or double");
        }
        if (!fits || gradients.Rows != kernel.Rows || gradients.Columns != kernel.Columns || gradients.IsTransposed || kernel.IsTransposed)
        {
            throw new ArgumentException($"a Gram matrix of {gradients.Rows} × {gradients.Columns} does not fit a kernel of {kernel.Rows} × {kernel.Columns}");
        }
    }
}
