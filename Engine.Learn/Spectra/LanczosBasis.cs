using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Random;

namespace Engine.Learn.Spectra;

/// <summary>Orthonormal vectors as rows, to which others are made orthogonal twice: once is not enough where little is left of a vector (B. N. Parlett, The Symmetric Eigenvalue Problem, 6.9).</summary>
internal sealed class LanczosBasis(int most, int size, LinearAlgebra algebra) : IDisposable
{
    /// <summary>What is left of a vector, as a share of it, when it lies in the basis.</summary>
    private const double Dependent = 1e-10;

    private const int SignsPerDraw = 128;

    private readonly MatrixBuffer<double> vectors = new(most, size);
    private readonly MatrixBuffer<double> products = new(most, most);

    public int Count { get; private set; }

    /// <summary>The vectors so far, as rows.</summary>
    public Matrix<double> Vectors => vectors.Matrix.Block(0, 0, Count, size);

    public Matrix<double> From(int first) => vectors.Matrix.Block(first, 0, Count - first, size);

    /// <summary>Takes away from rows what lies in the basis.</summary>
    public void Project(Matrix<double> rows)
    {
        if (Count == 0)
        {
            return;
        }
        // The memory of products has room for as many rows as the basis may have.
        for (var start = 0; start < rows.Rows; start += most)
        {
            ProjectSome(rows.Block(start, 0, Math.Min(most, rows.Rows - start), rows.Columns));
        }
    }

    private void ProjectSome(Matrix<double> rows)
    {
        var inner = products.Matrix.Reshaped(1, most * most).Block(0, 0, 1, rows.Rows * Count).Reshaped(rows.Rows, Count);
        for (var pass = 0; pass < 2; pass++)
        {
            algebra.Gemm(1, rows, Vectors.Transposed, 0, inner);
            algebra.Gemm(-1, inner, Vectors, 1, rows);
        }
    }

    /// <summary>Adds the directions of rows that the basis lacks; returns how many they were.</summary>
    public int Extend(Matrix<double> rows)
    {
        var norms = Enumerable.Range(0, rows.Rows).Select(i => TensorPrimitives.Norm<double>(rows.Row(i))).ToArray();
        return Extend(rows, norms);
    }

    /// <summary>The same, where rows that shrink below a share of other lengths than their own are dropped.</summary>
    public int Extend(Matrix<double> rows, double[] lengths)
    {
        Project(rows);
        var before = Count;
        for (var i = 0; i < rows.Rows && Count < most; i++)
        {
            var row = rows.Row(i);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = before; k < Count; k++)
                {
                    var other = vectors.Matrix.Row(k);
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<double>(other, row), row, row);
                }
            }
            var norm = TensorPrimitives.Norm<double>(row);
            if (norm > Dependent * lengths[i])
            {
                TensorPrimitives.Divide(row, norm, vectors.Matrix.Row(Count));
                Count++;
            }
        }
        return Count - before;
    }

    /// <summary>Rows of ±1, drawn for a seed and a number.</summary>
    public static void FillWithSigns(Matrix<double> rows, ulong seed, long number)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            for (var start = 0; start < row.Length; start += SignsPerDraw)
            {
                var (w0, w1, w2, w3) = Philox.Generate(
                    (uint)(start / SignsPerDraw), (uint)i, (uint)number, (uint)RandomStream.SpectrumProbes, (uint)seed, (uint)(seed >> 32));
                ReadOnlySpan<uint> words = [w0, w1, w2, w3];
                for (var k = 0; k < Math.Min(SignsPerDraw, row.Length - start); k++)
                {
                    row[start + k] = (words[k / 32] >> k % 32 & 1) == 0 ? -1 : 1;
                }
            }
        }
    }

    public void Dispose()
    {
        vectors.Dispose();
        products.Dispose();
    }
}
