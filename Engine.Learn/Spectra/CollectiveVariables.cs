using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Spectra;

/// <summary>
/// Collective variables of a symmetric kernel on n rows: natural logarithms, raw eigenvalues, no clipping but of rounding (<see cref="KernelSpectrum"/>). Where other programs differ:
/// ZnNL's recorders write <see cref="Entropy"/>, its class EntropyAnalysis <see cref="EffectiveEntropy"/>, both under the name entropy, and <see cref="MeanTrace"/> as trace.
/// </summary>
public sealed record CollectiveVariables
{
    /// <summary>n, rows of the kernel.</summary>
    public int Size => Spectrum.Size;

    /// <summary>tr K.</summary>
    public required double Trace { get; init; }

    /// <summary>tr K/n.</summary>
    public double MeanTrace => Trace / Size;

    /// <summary>Von Neumann entropy S of the kernel [nats], from 0 to ln n.</summary>
    public double Entropy => Spectrum.Entropy;

    /// <summary>S/ln n.</summary>
    public double EffectiveEntropy => Spectrum.EffectiveEntropy;

    /// <summary>Von Neumann entropy of the cosine kernel [nats].</summary>
    public required double CovarianceEntropy { get; init; }

    /// <summary>Shannon entropy of the magnitude distribution [nats].</summary>
    public required double SelfEntropy { get; init; }

    /// <summary>Variance of gradient norms over their mean.</summary>
    public required double MagnitudeVariance { get; init; }

    /// <summary>Rényi's entropy of order 2 [nats].</summary>
    public double Renyi2Entropy => Math.Log(ParticipationRatio);

    /// <summary>(tr K)²/tr K².</summary>
    public required double ParticipationRatio { get; init; }

    /// <summary>√K_ii over their sum.</summary>
    public required double[] MagnitudeDistribution { get; init; }

    /// <summary>The spectrum of the kernel.</summary>
    public required KernelSpectrum Spectrum { get; init; }

    /// <summary>All of them; two eigen-decompositions, and n² doubles beside the kernel.</summary>
    /// <exception cref="Engine.Kernels.Errors.RunFailedException">NaN, negative eigenvalues beyond rounding, or all zero.</exception>
    public static CollectiveVariables Of(Matrix<double> kernel, Workers workers)
    {
        using var algebra = LinearAlgebra.OfProcessor(workers);
        return Of(kernel, workers, algebra);
    }

    /// <inheritdoc cref="Of(Matrix{double}, Workers)"/>
    internal static CollectiveVariables Of(Matrix<double> kernel, Workers workers, LinearAlgebra algebra)
    {
        var diagonal = KernelMeasures.Diagonal(kernel);
        var spectrum = KernelSpectrum.Of(kernel, algebra);
        using var cosine = KernelMeasures.Cosine(kernel, workers);
        return new()
        {
            Trace = diagonal.Sum(),
            CovarianceEntropy = KernelSpectrum.Overwriting(cosine.Matrix, algebra).Entropy,
            SelfEntropy = KernelMeasures.SelfEntropy(diagonal),
            MagnitudeVariance = KernelMeasures.MagnitudeVariance(diagonal),
            ParticipationRatio = KernelMeasures.ParticipationRatio(kernel, workers),
            MagnitudeDistribution = KernelMeasures.MagnitudeDistribution(diagonal),
            Spectrum = spectrum,
        };
    }
}
