namespace Engine.Learn.Spectra;

/// <summary>How the spectrum of a network's kernel is found.</summary>
public enum SpectrumRoute
{
    /// <summary>All eigenvalues of the kernel.</summary>
    Dense,

    /// <summary>All eigenvalues of Jᵀ J, of as many rows as there are parameters: those of the kernel but for zeros.</summary>
    Dual,

    /// <summary>The kernel in memory, its largest eigenvalues by block Lanczos and the entropy by quadrature.</summary>
    Lanczos,

    /// <summary>The same by products of network and vectors, without the kernel.</summary>
    MatrixFree,
}
