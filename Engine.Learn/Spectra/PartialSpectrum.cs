using Engine.Kernels.Algebra;

namespace Engine.Learn.Spectra;

/// <summary>The largest eigenvalues of a kernel with their eigenvectors.</summary>
/// <param name="Eigenvalues">Descending.</param>
/// <param name="Vectors">Eigenvectors as rows in that order, normalised, [k, n].</param>
/// <param name="Residuals">|K v − λ v| of each, as a share of the largest eigenvalue.</param>
/// <param name="Products">Products of the kernel with a vector that it took.</param>
public sealed record PartialSpectrum(double[] Eigenvalues, MatrixBuffer<double> Vectors, double[] Residuals, int Products) : IDisposable
{
    public void Dispose() => Vectors.Dispose();
}
