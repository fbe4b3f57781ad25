using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Kernels.Threading;
using Engine.Learn.Spectra;

namespace Engine.Perf.Science;

/// <summary>
/// Matrices of more rows than 32-bit workspaces of LAPACK are for, where other programs gave zeros: their spectrum is known, and what is found of it by products with vectors is compared;
/// what the dense solver cannot do it refuses.
/// </summary>
internal static class LargeSpectrumCase
{
    private const int Largest = 20;

    /// <summary>As tr K of networks, one eigenvalue of which has a third.</summary>
    private const double Power = 1.3;

    /// <summary>By products alone, without a matrix.</summary>
    public static IEnumerable<ScienceCheck> WithoutMatrix(int rows, Workers workers)
    {
        var lambda = KnownSpectrum.Falling(rows, Power);
        using var algebra = LinearAlgebra.OfProcessor(workers);
        var kernel = new KnownSpectrum(lambda);
        yield return Leading(kernel, lambda, algebra, $"{rows} rows, no matrix");
        var exact = KernelSpectrum.OfEigenvalues(lambda).Entropy;
        var estimate = new EntropyQuadrature(algebra).Estimate(kernel, lambda.Sum());
        yield return new($"{rows} rows: S by quadrature, exactly {exact:F5} nats: error in standard errors", Math.Abs(estimate.Entropy - exact) / estimate.StandardError, null, 4);
        yield return new($"{rows} rows: standard error of S", estimate.StandardError, null, 0.01 * exact);
    }

    /// <summary>With the matrix in memory, 8 n² bytes.</summary>
    public static IEnumerable<ScienceCheck> InMemory(int rows, Workers workers)
    {
        var lambda = KnownSpectrum.Falling(rows, Power);
        using var algebra = LinearAlgebra.OfProcessor(workers);
        using var matrix = new KnownSpectrum(lambda).ToMatrix(workers);
        yield return new($"{rows} rows: relative error of the trace", Math.Abs(KernelMeasures.Trace(matrix.Matrix) / lambda.Sum() - 1), null, 1e-12);
        yield return Leading(new KernelOperator(matrix.Matrix, algebra), lambda, algebra, $"{rows} rows in memory");
    }

    /// <summary>1 where LAPACK, if it is there, says that it has no workspace for eigenvectors of so many rows.</summary>
    public static IEnumerable<ScienceCheck> Guard(int rows)
    {
        if (!NativeLibraries.Find("blas").IsPresent || !NativeLibraries.Find("lapack").IsPresent)
        {
            yield break;
        }
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        // Pages that nobody touches take no memory.
        using var matrix = new MatrixBuffer<double>(rows, rows);
        using var values = new MatrixBuffer<double>(1, rows);
        var refused = 0;
        try
        {
            algebra.SymmetricEigen(matrix.Matrix, values.Matrix, vectors: true);
        }
        catch (InputException)
        {
            refused = 1;
        }
        yield return new($"{rows} rows: eigenvectors by LAPACK are refused", refused, 1, null);
    }

    private static ScienceCheck Leading(IKernelOperator kernel, double[] lambda, LinearAlgebra algebra, string what)
    {
        using var top = new BlockLanczos(algebra).Largest(kernel, Largest);
        var error = Enumerable.Range(0, Largest).Max(i => Math.Abs(top.Eigenvalues[i] / lambda[i] - 1));
        // An eigenvalue is wrong by the square of its residual, 1e-6, over its distance from the next: 1e-9 of the largest, and the last one here is a fiftieth of it.
        return new($"{what}: relative error of the {Largest} largest eigenvalues", error, null, 1e-7);
    }
}
