using Engine.Kernels.Soap;

namespace Engine.Core.Gap;

/// <summary>Energies of one descriptor: Σ_s α_s k(d, x_s), with k = δ² (d · x_s)^ζ q_s or (δ² exp(−½ Σ ((d − x_s)/θ)²) + f₀²) q_s.</summary>
public sealed record GapSparseSet
{
    /// <summary>As the file has it; the only place of cutoff, n_max ….</summary>
    public required DescriptorText Descriptor { get; init; }

    public required GapCovariance Covariance { get; init; }

    /// <summary>δ [eV]; a file calls it signal_variance, but it is not squared.</summary>
    public required double Delta { get; init; }

    /// <summary>ζ of dot products.</summary>
    public double Zeta { get; init; }

    /// <summary>f₀ [eV] of Gaussians.</summary>
    public double Mean { get; init; }

    /// <summary>θ of Gaussians, one for each component.</summary>
    public double[] Theta { get; init; } = [];

    /// <summary>Permutations of the components under which a Gaussian is symmetrised, counted from 0; the identity first.</summary>
    public int[][] Permutations { get; init; } = [];

    /// <summary>Components of a descriptor.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Sparse points [M · <see cref="Dimensions"/>], one after the other.</summary>
    public required double[] Points { get; init; }

    /// <summary>α [M].</summary>
    public required double[] Weights { get; init; }

    /// <summary>q [M]: 1 for soap.</summary>
    public required double[] Cutoffs { get; init; }

    /// <summary>Soap's settings; null for other descriptors.</summary>
    public SoapSettings? Soap { get; init; }

    /// <summary>Number of sparse points.</summary>
    public int Count => Weights.Length;

    /// <summary>Atomic numbers that the descriptor names; empty if it takes any.</summary>
    public IReadOnlyList<int> Elements => Soap is { } soap
        ? soap.Centres.Count == 0 && soap.Neighbours.Count == 0 ? [] : [.. soap.Centres.Concat(soap.Neighbours).Distinct()]
        : Descriptor.Integer("Z1", 0) == 0 || Descriptor.Integer("Z2", 0) == 0 ? [] : [Descriptor.Integer("Z1"), Descriptor.Integer("Z2")];
}
