using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;

namespace Engine.Learn.Spectra;

/// <summary>
/// Eigenvalues of a kernel and what follows from them alone. With p_i = λ_i/Σλ the von Neumann entropy is S = −Σ p ln p [nats], 0 where one direction has everything and ln n where all
/// are alike. Eigenvalues below 10⁻¹⁵ of the trace are rounding and count as zero.
/// </summary>
public sealed class KernelSpectrum
{
    /// <summary>Share of the trace below which an eigenvalue is rounding.</summary>
    public const double Rounding = 1e-15;

    /// <summary>Share of the largest eigenvalue below whose negative an eigenvalue is an error: a matrix that is no kernel.</summary>
    public const double NegativeMass = 1e-6;

    private KernelSpectrum(double[] ascending)
    {
        Eigenvalues = [.. ascending.Reverse()];
        Trace = TensorPrimitives.Sum<double>(ascending);
        var smallest = Rounding * Trace;
        Probabilities = [.. Eigenvalues.Select(l => l > smallest ? l : 0)];
        var sum = TensorPrimitives.Sum<double>(Probabilities);
        if (sum > 0)
        {
            TensorPrimitives.Divide(Probabilities, sum, Probabilities);
        }
        Entropy = EntropyOf(Probabilities);
    }

    /// <summary>λ, as computed, descending.</summary>
    public double[] Eigenvalues { get; }

    /// <summary>λ/Σλ, descending, rounding left out.</summary>
    public double[] Probabilities { get; }

    public int Size => Eigenvalues.Length;

    /// <summary>Σ λ.</summary>
    public double Trace { get; }

    /// <summary>S = −Σ p ln p [nats], from 0 to ln n.</summary>
    public double Entropy { get; }

    /// <summary>S/ln n, from 0 to 1; 0 of a single row.</summary>
    public double EffectiveEntropy => Size > 1 ? Entropy / Math.Log(Size) : 0;

    /// <summary>Rényi's entropy of order 2, −ln Σ p² [nats], never more than <see cref="Entropy"/>.</summary>
    public double Renyi2Entropy => Math.Log(ParticipationRatio);

    /// <summary>1/Σ p², the number of directions that take part, from 1 to n.</summary>
    public double ParticipationRatio => 1 / TensorPrimitives.SumOfSquares<double>(Probabilities);

    /// <summary>Eigenvalues above that share of the trace.</summary>
    public int Rank(double share = 1e-10) => Eigenvalues.Count(l => l > share * Trace);

    /// <summary>Eigenvalues of a symmetric kernel, in double by LAPACK; n² doubles beside the kernel, n³·4/3 operations.</summary>
    /// <param name="kernel">[n, n]; left as it is.</param>
    /// <param name="algebra">Of the processor.</param>
    /// <exception cref="RunFailedException">There is NaN in it, or eigenvalues are negative beyond rounding.</exception>
    public static KernelSpectrum Of(Matrix<double> kernel, LinearAlgebra algebra)
    {
        using var copy = Copy(kernel);
        return Overwriting(copy.Matrix, algebra);
    }

    /// <summary>The same without memory for a copy: the kernel is lost.</summary>
    public static KernelSpectrum Overwriting(Matrix<double> kernel, LinearAlgebra algebra)
    {
        return OfEigenvalues(EigenvaluesOf(kernel, algebra));
    }

    /// <summary>The spectrum of the tangent kernel of a network for some samples, the mean over its outputs.</summary>
    /// <exception cref="RunFailedException">A derivative is not finite, or eigenvalues are negative beyond rounding.</exception>
    public static KernelSpectrum Of(Network network, SampleSet samples, Workers workers) =>
        network.Type == ScalarType.Float64 ? Of<double>(network, samples, workers) : Of<float>(network, samples, workers);

    /// <summary>The spectrum of J Jᵀ, from whichever of J Jᵀ and Jᵀ J is smaller: their eigenvalues are the same but for zeros.</summary>
    /// <param name="jacobian">∂f/∂θ, [n, parameters].</param>
    /// <param name="algebra">Of the processor.</param>
    public static KernelSpectrum OfJacobian(Matrix<double> jacobian, LinearAlgebra algebra)
    {
        var (n, parameters) = (jacobian.Rows, jacobian.Columns);
        var smaller = parameters < n ? jacobian.Transposed : jacobian;
        using var gram = new MatrixBuffer<double>(smaller.Rows, smaller.Rows);
        algebra.Syrk(1, smaller, 0, gram.Matrix);
        return OfGram(gram.Matrix, n, algebra);
    }

    /// <summary>The spectrum of J Jᵀ, which has that many rows, from Jᵀ J or from itself; the matrix is lost.</summary>
    internal static KernelSpectrum OfGram(Matrix<double> gram, int rows, LinearAlgebra algebra) =>
        OfEigenvalues([.. Enumerable.Repeat(0.0, Math.Max(0, rows - gram.Rows)), .. EigenvaluesOf(gram, algebra).OrderDescending().Take(rows)]);

    /// <summary>What follows from eigenvalues that are known.</summary>
    /// <exception cref="RunFailedException">They are not finite, or some are negative beyond rounding.</exception>
    public static KernelSpectrum OfEigenvalues(double[] eigenvalues)
    {
        var ascending = eigenvalues.Order().ToArray();
        if (ascending.Length > 0 && !(double.IsFinite(ascending[0]) && double.IsFinite(ascending[^1])))
        {
            throw new RunFailedException($"the {ascending.Length} eigenvalues of a kernel are not finite; expected numbers; look for NaN in data and weights");
        }
        var negative = ascending.Count(l => l < -NegativeMass * ascending[^1]);
        return negative == 0
            ? new(ascending)
            : throw new RunFailedException(FormattableString.Invariant(
                $"{negative} of {ascending.Length} eigenvalues are negative, down to {ascending[0] / ascending[^1]:G3} of the largest; expected none beyond {-NegativeMass:G1} of it: the matrix is no kernel; samples that depend on each other (batch normalisation in training mode) do this, and rounding to less than single precision"));
    }

    /// <summary>−Σ p ln p [nats], zeros left out.</summary>
    public static double EntropyOf(ReadOnlySpan<double> probabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities)
        {
            sum -= p > 0 ? p * Math.Log(p) : 0;
        }
        return Math.Max(0, sum);
    }

    private static KernelSpectrum Of<T>(Network network, SampleSet samples, Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var kernel = new TangentKernel<T>(new(), workers);
        using var computed = kernel.Compute(new NetworkFactors<T>(network, samples));
        using var algebra = LinearAlgebra.OfProcessor(workers);
        return Overwriting(computed.Sum.Values, algebra);
    }

    private static double[] EigenvaluesOf(Matrix<double> kernel, LinearAlgebra algebra)
    {
        RequireFinite(kernel);
        using var values = new MatrixBuffer<double>(1, kernel.Rows);
        algebra.SymmetricEigen(kernel, values.Matrix, vectors: false);
        return values.Matrix.Row(0).ToArray();
    }

    internal static MatrixBuffer<double> Copy(Matrix<double> kernel)
    {
        var copy = new MatrixBuffer<double>(kernel.Rows, kernel.Columns);
        for (var row = 0; row < kernel.Rows; row++)
        {
            kernel.Row(row).CopyTo(copy.Matrix.Row(row));
        }
        return copy;
    }

    internal static void RequireFinite(Matrix<double> kernel)
    {
        for (var row = 0; row < kernel.Rows; row++)
        {
            if (!double.IsFinite(TensorPrimitives.Sum<double>(kernel.Row(row))))
            {
                throw new RunFailedException($"row {row} of a kernel of {kernel.Rows} × {kernel.Columns} is not finite; expected numbers; look for NaN in data and weights");
            }
        }
    }
}
