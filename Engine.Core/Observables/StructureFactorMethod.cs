namespace Engine.Core.Observables;

/// <summary>How the structure factor is obtained.</summary>
public enum StructureFactorMethod
{
    /// <summary>Direct sums over wave vectors of the cell, and the transform of g(r): the two check each other.</summary>
    Both,

    /// <summary>|Σ exp(i k·r)|² on the reciprocal lattice of the cell, averaged over shells.</summary>
    Direct,

    /// <summary>Fourier transform of g(r) with the Lorch window; cheap, blurred by about 5.4/R.</summary>
    Gr,
}
