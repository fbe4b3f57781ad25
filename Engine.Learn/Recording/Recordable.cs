namespace Engine.Learn.Recording;

/// <summary>What a recorder can write; formulas and units stand where they are computed, in <see cref="Spectra"/> and <see cref="Training"/>.</summary>
public enum Recordable
{
    /// <summary>Mean loss of all samples of the set.</summary>
    Loss,

    /// <summary>Share of all samples of the set whose class is named.</summary>
    Accuracy,

    /// <summary>Loss of the last batch before its step; NaN before the first.</summary>
    BatchLoss,

    LearningRate,

    /// <summary>Mean sum of rewards of the last hundred episodes, of an agent.</summary>
    MeanReturn,

    /// <summary>The output for each kernel sample, [n, C].</summary>
    Predictions,

    /// <summary>The tangent kernel, packed.</summary>
    Kernel,

    /// <summary>K_ij/√(K_ii K_jj), packed.</summary>
    CosineKernel,

    /// <summary>√K_ii over their sum.</summary>
    MagnitudeDistribution,

    SelfEntropy,

    MagnitudeVariance,

    /// <summary>tr K.</summary>
    Trace,

    /// <summary>tr K/n.</summary>
    MeanTrace,

    /// <summary>Von Neumann entropy [nats].</summary>
    Entropy,

    /// <summary>The same over ln n.</summary>
    EffectiveEntropy,

    /// <summary>Von Neumann entropy of the cosine kernel [nats].</summary>
    CovarianceEntropy,

    /// <summary>The same over ln n.</summary>
    EffectiveCovarianceEntropy,

    /// <summary>Rényi's entropy of order 2 [nats].</summary>
    Renyi2Entropy,

    ParticipationRatio,

    /// <summary>λ, descending.</summary>
    Eigenvalues,

    /// <summary>λ/Σλ, descending.</summary>
    NormalisedEigenvalues,

    /// <summary>Entropy and trace of subsets, at three sizes, and the entropy carried to all samples.</summary>
    Subsets,

    /// <summary>Entropy of the kernel of each class [nats].</summary>
    ClassEntropies,

    /// <summary>(S_ab − S_a − S_b)/2 of each pair of classes [nats].</summary>
    CrossEntropies,

    /// <summary>‖K_ab‖/√(‖K_aa‖ ‖K_bb‖) of each pair of classes.</summary>
    ClassAlignments,

    /// <summary>How well the kernel fits the targets.</summary>
    Alignment,

    /// <summary>‖K − K₀‖/‖K₀‖ against the kernel before the first step.</summary>
    Drift,

    /// <summary>1 − ⟨K, K₀⟩/(‖K‖ ‖K₀‖).</summary>
    Distance,

    /// <summary>How much of the leading eigenvectors was among those before the first step.</summary>
    Overlap,

    /// <summary>tr of the kernel of each layer.</summary>
    LayerTraces,

    /// <summary>Entropy of the kernel of each layer [nats].</summary>
    LayerEntropies,

    /// <summary>∂L/∂f of the mean loss of the kernel samples, [n, C].</summary>
    LossDerivative,

    /// <summary>L_pq norms of it.</summary>
    LossDerivativeNorms,

    /// <summary>dL/dt = −gᵀ Θ g of the mean loss of the kernel samples.</summary>
    PredictedLossChange,
}
