using Engine.Kernels.Algebra;

namespace Engine.Tests.Learn.Spectra;

/// <summary>Symmetric matrices whose eigenvalues are known: diag(λ) reflected, (1 − 2 v vᵀ) diag(λ) (1 − 2 v vᵀ).</summary>
internal static class KnownSpectrum
{
    public static MatrixBuffer<double> Of(IReadOnlyList<double> eigenvalues, int seed = 1)
    {
        var (n, random) = (eigenvalues.Count, new System.Random(seed));
        var v = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
        var norm = Math.Sqrt(v.Sum(x => x * x));
        v = [.. v.Select(x => x / norm)];
        var rayleigh = Enumerable.Range(0, n).Sum(i => v[i] * v[i] * eigenvalues[i]);
        var result = new MatrixBuffer<double>(n, n);
        for (var i = 0; i < n; i++)
        {
            var row = result.Matrix.Row(i);
            for (var j = 0; j < n; j++)
            {
                row[j] = (i == j ? eigenvalues[i] : 0) + v[i] * v[j] * (4 * rayleigh - 2 * eigenvalues[i] - 2 * eigenvalues[j]);
            }
        }
        return result;
    }

    /// <summary>λ_i = i^−power, as the kernels of networks fall.</summary>
    public static double[] Falling(int n, double power) => [.. Enumerable.Range(1, n).Select(i => Math.Pow(i, -power))];
}
