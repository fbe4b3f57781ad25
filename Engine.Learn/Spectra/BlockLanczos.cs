using System.Numerics.Tensors;
using Engine.Kernels.Algebra;

namespace Engine.Learn.Spectra;

/// <summary>
/// The largest eigenvalues of a kernel by block Lanczos (G. H. Golub and R. Underwood, in Mathematical Software III, 1977) with full re-orthogonalisation, so that no eigenvalue is
/// found twice; blocks find eigenvalues that repeat, up to the block's size.
/// </summary>
/// <param name="algebra">Of the processor.</param>
public sealed class BlockLanczos(LinearAlgebra algebra)
{
    /// <summary>Vectors that are multiplied at once.</summary>
    public int BlockSize { get; init; } = 8;

    /// <summary>Residual, as a share of the largest eigenvalue, at which an eigenvalue counts as found; its error is the square of it over the gap to the next.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most vectors that the basis may have, as a multiple of those wanted.</summary>
    public int MostVectors { get; init; } = 12;

    public ulong Seed { get; init; } = 1;

    /// <summary>The k largest eigenvalues; fewer where the kernel has fewer directions. Residuals tell how well they are known.</summary>
    public PartialSpectrum Largest(IKernelOperator kernel, int k)
    {
        var n = kernel.Size;
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        k = Math.Min(k, n);
        var most = Math.Min(n, Math.Max(MostVectors * k, 4 * BlockSize));
        using var basis = new LanczosBasis(most, n, algebra);
        using var images = new MatrixBuffer<double>(most, n);
        using var block = new MatrixBuffer<double>(BlockSize, n);
        using var projected = new MatrixBuffer<double>(most, most);
        var size = Math.Min(BlockSize, n);
        LanczosBasis.FillWithSigns(block.Matrix.Block(0, 0, size, n), Seed, -1);
        var added = basis.Extend(block.Matrix.Block(0, 0, size, n));
        var (largest, lengths) = (0.0, new double[size]);
        while (true)
        {
            var first = basis.Count - added;
            var fresh = images.Matrix.Block(first, 0, added, n);
            kernel.Multiply(basis.From(first), fresh);
            KernelSpectrum.RequireFinite(fresh);
            // Rows of Q K Qᵀ, of which the lower triangle is enough.
            algebra.Gemm(1, fresh, basis.Vectors.Transposed, 0, projected.Matrix.Block(first, 0, added, basis.Count));
            for (var row = 0; row < added; row++)
            {
                largest = Math.Max(largest, TensorPrimitives.Norm<double>(fresh.Row(row)));
                fresh.Row(row).CopyTo(block.Matrix.Row(row));
            }
            lengths.AsSpan().Fill(largest);
            if (basis.Count >= k)
            {
                var ritz = Ritz(projected.Matrix, basis.Count);
                if (basis.Count == most || Converged(basis, images.Matrix, ritz, k))
                {
                    return Result(basis, images.Matrix, ritz, k, n);
                }
            }
            added = basis.Extend(block.Matrix.Block(0, 0, added, n), lengths);
            if (added == 0)
            {
                // The kernel has no other directions.
                return Result(basis, images.Matrix, Ritz(projected.Matrix, basis.Count), Math.Min(k, basis.Count), n);
            }
        }
    }

    /// <summary>Eigenvalues of Q K Qᵀ, descending, and its eigenvectors as rows.</summary>
    private (double[] Values, double[][] Vectors) Ritz(Matrix<double> projected, int count)
    {
        using var copy = KernelSpectrum.Copy(projected.Block(0, 0, count, count));
        using var values = new MatrixBuffer<double>(1, count);
        algebra.SymmetricEigen(copy.Matrix, values.Matrix, vectors: true);
        return ([.. values.Matrix.Row(0).ToArray().Reverse()], [.. Enumerable.Range(0, count).Select(i => copy.Matrix.Row(count - 1 - i).ToArray())]);
    }

    /// <summary>Whether all that are wanted are found; the last ones fail first, but one alone can be found by chance: in a small basis it has nothing but small eigenvalues in it.</summary>
    private bool Converged(LanczosBasis basis, Matrix<double> images, (double[] Values, double[][] Vectors) ritz, int wanted)
    {
        for (var i = wanted - 1; i >= 0; i--)
        {
            using var vector = Combine(basis.Vectors, ritz.Vectors[i]);
            if (Residual(vector.Matrix.Row(0), images, ritz, i) >= Tolerance)
            {
                return false;
            }
        }
        return true;
    }

    private PartialSpectrum Result(LanczosBasis basis, Matrix<double> images, (double[] Values, double[][] Vectors) ritz, int wanted, int n)
    {
        var vectors = new MatrixBuffer<double>(wanted, n);
        var residuals = new double[wanted];
        for (var i = 0; i < wanted; i++)
        {
            using var vector = Combine(basis.Vectors, ritz.Vectors[i]);
            vector.Matrix.Row(0).CopyTo(vectors.Matrix.Row(i));
            residuals[i] = Residual(vector.Matrix.Row(0), images, ritz, i);
        }
        return new(ritz.Values[..wanted], vectors, residuals, basis.Count);
    }

    private double Residual(Span<double> vector, Matrix<double> images, (double[] Values, double[][] Vectors) ritz, int i)
    {
        using var image = Combine(images.Block(0, 0, ritz.Vectors[i].Length, images.Columns), ritz.Vectors[i]);
        var difference = image.Matrix.Row(0);
        TensorPrimitives.MultiplyAdd(vector, -ritz.Values[i], difference, difference);
        return TensorPrimitives.Norm<double>(difference) / Math.Max(ritz.Values[0], double.Epsilon);
    }

    private MatrixBuffer<double> Combine(Matrix<double> rows, double[] coefficients)
    {
        using var factors = new MatrixBuffer<double>(1, coefficients.Length);
        coefficients.CopyTo(factors.Matrix.Row(0));
        var sum = new MatrixBuffer<double>(1, rows.Columns);
        algebra.Gemm(1, factors.Matrix, rows, 0, sum.Matrix);
        return sum;
    }
}
