using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Learn.Spectra;

/// <summary>What a kernel says without its eigenvalues, in one pass over it or over its diagonal.</summary>
public static class KernelMeasures
{
    private const int RowsPerBlock = 64;

    /// <summary>K_ii.</summary>
    public static double[] Diagonal(Matrix<double> kernel) => [.. Enumerable.Range(0, kernel.Rows).Select(i => kernel[i, i])];

    /// <summary>tr K.</summary>
    public static double Trace(Matrix<double> kernel) => TensorPrimitives.Sum<double>(Diagonal(kernel));

    /// <summary>m_i = √K_ii / Σ_j √K_jj, each sample's share in the norms of gradients; sums to 1.</summary>
    /// <param name="diagonal">K_ii, which costs no kernel.</param>
    public static double[] MagnitudeDistribution(ReadOnlySpan<double> diagonal)
    {
        var magnitudes = Magnitudes(diagonal);
        TensorPrimitives.Divide(magnitudes, TensorPrimitives.Sum<double>(magnitudes), magnitudes);
        return magnitudes;
    }

    /// <summary>−Σ m ln m [nats] of <see cref="MagnitudeDistribution"/>, also called magnitude entropy: ln n where all gradients are as long.</summary>
    public static double SelfEntropy(ReadOnlySpan<double> diagonal) => KernelSpectrum.EntropyOf(MagnitudeDistribution(diagonal));

    /// <summary>The variance of √K_ii over their mean, of all samples (divided by n).</summary>
    public static double MagnitudeVariance(ReadOnlySpan<double> diagonal)
    {
        var magnitudes = Magnitudes(diagonal);
        var mean = TensorPrimitives.Average<double>(magnitudes);
        TensorPrimitives.Divide(magnitudes, mean, magnitudes);
        return magnitudes.Select(m => (m - 1) * (m - 1)).Average();
    }

    /// <summary>The cosine kernel C_ij = K_ij/√(K_ii K_jj); rows of gradients that are zero stay zero. K = tr(K) D C D with D the roots of K_ii/tr.</summary>
    public static MatrixBuffer<double> Cosine(Matrix<double> kernel, Workers workers)
    {
        var result = new MatrixBuffer<double>(kernel.Rows, kernel.Columns);
        var inverse = Magnitudes(Diagonal(kernel)).Select(m => m > 0 ? 1 / m : 0).ToArray();
        workers.For(kernel.Rows, RowsPerBlock, (start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = result.Matrix.Row(i);
                TensorPrimitives.Multiply<double>(kernel.Row(i), inverse, row);
                TensorPrimitives.Multiply(row, inverse[i], row);
            }
        });
        return result;
    }

    /// <summary>Σ_ij K_ij L_ij; of a kernel with itself the square of its Frobenius norm, tr K².</summary>
    public static double Inner(Matrix<double> kernel, Matrix<double> other, Workers workers) => workers.Sum(kernel.Rows, RowsPerBlock, (start, end) =>
    {
        var sum = 0.0;
        for (var i = start; i < end; i++)
        {
            sum += TensorPrimitives.Dot<double>(kernel.Row(i), other.Row(i));
        }
        return sum;
    });

    /// <summary>The participation ratio (tr K)²/tr K², from 1 to n, without eigenvalues.</summary>
    public static double ParticipationRatio(Matrix<double> kernel, Workers workers)
    {
        var trace = Trace(kernel);
        return trace * trace / Inner(kernel, kernel, workers);
    }

    /// <summary>Rényi's entropy of order 2, −ln(tr K²/(tr K)²) [nats], without eigenvalues; the von Neumann entropy is at least as large.</summary>
    public static double Renyi2Entropy(Matrix<double> kernel, Workers workers) => Math.Log(ParticipationRatio(kernel, workers));

    /// <summary>
    /// How well a kernel fits targets, ⟨K, Y Yᵀ⟩/(‖K‖ ‖Y Yᵀ‖), at most 1 (N. Cristianini, J. Shawe-Taylor, A. Elisseeff and J. Kandola, NIPS 2001). Of one column yᵀ K y/(|y|² ‖K‖).
    /// </summary>
    /// <param name="kernel">[n, n].</param>
    /// <param name="targets">Y, [n, columns].</param>
    /// <param name="workers">The thread team.</param>
    public static double Alignment(Matrix<double> kernel, Matrix<double> targets, Workers workers)
    {
        using var algebra = LinearAlgebra.OfProcessor(workers);
        using var products = new MatrixBuffer<double>(targets.Rows, targets.Columns);
        using var gram = new MatrixBuffer<double>(targets.Columns, targets.Columns);
        algebra.Gemm(1, kernel, targets, 0, products.Matrix);
        algebra.Gemm(1, targets.Transposed, targets, 0, gram.Matrix);
        return Inner(products.Matrix, targets, workers) / Math.Sqrt(Inner(kernel, kernel, workers) * Inner(gram.Matrix, gram.Matrix, workers));
    }

    /// <summary>How far a kernel moved, ‖K − K₀‖/‖K₀‖ (Frobenius).</summary>
    public static double Drift(Matrix<double> kernel, Matrix<double> before, Workers workers)
    {
        RequireSameSize(kernel, before);
        var square = workers.Sum(kernel.Rows, RowsPerBlock, (start, end) =>
        {
            var sum = 0.0;
            for (var i = start; i < end; i++)
            {
                var distance = TensorPrimitives.Distance<double>(kernel.Row(i), before.Row(i));
                sum += distance * distance;
            }
            return sum;
        });
        return Math.Sqrt(square / Inner(before, before, workers));
    }

    /// <summary>How far its shape moved whatever its size, 1 − ⟨K, K₀⟩/(‖K‖ ‖K₀‖), from 0 (S. Fort et al., NeurIPS 2020).</summary>
    public static double Distance(Matrix<double> kernel, Matrix<double> before, Workers workers)
    {
        RequireSameSize(kernel, before);
        return 1 - Inner(kernel, before, workers) / Math.Sqrt(Inner(kernel, kernel, workers) * Inner(before, before, workers));
    }

    /// <summary>How much of a space of leading eigenvectors was in another, ‖V V₀ᵀ‖²/k: 1 where they are the same, k/n of random ones.</summary>
    /// <param name="vectors">Orthonormal rows, [k, n].</param>
    /// <param name="before">As many.</param>
    /// <param name="algebra">Of the processor.</param>
    public static double Overlap(Matrix<double> vectors, Matrix<double> before, LinearAlgebra algebra)
    {
        RequireSameSize(vectors, before);
        using var products = new MatrixBuffer<double>(vectors.Rows, vectors.Rows);
        algebra.Gemm(1, vectors, before.Transposed, 0, products.Matrix);
        return Enumerable.Range(0, vectors.Rows).Sum(i => TensorPrimitives.SumOfSquares<double>(products.Matrix.Row(i))) / vectors.Rows;
    }

    private static double[] Magnitudes(ReadOnlySpan<double> diagonal)
    {
        var magnitudes = new double[diagonal.Length];
        TensorPrimitives.Max(diagonal, 0, magnitudes);
        TensorPrimitives.Sqrt(magnitudes, magnitudes);
        return TensorPrimitives.Sum<double>(magnitudes) is > 0 and < double.PositiveInfinity
            ? magnitudes
            : throw new RunFailedException("the diagonal of a kernel is all zero or not finite; expected positive numbers; look for NaN, or weights and data that are all zero");
    }

    private static void RequireSameSize(Matrix<double> kernel, Matrix<double> before)
    {
        if ((kernel.Rows, kernel.Columns) != (before.Rows, before.Columns))
        {
            throw new ArgumentException($"kernels of {kernel.Rows} × {kernel.Columns} and {before.Rows} × {before.Columns} cannot be compared");
        }
    }
}
