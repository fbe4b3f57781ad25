using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Active;

/// <summary>
/// Smallest root mean square displacement between two sets of points over all rotations and translations: the largest eigenvalue λ of a 4 × 4 matrix of the correlations gives
/// N rmsd² = Σ a² + Σ b² − 2 λ. B. K. P. Horn, J. Opt. Soc. Am. A 4, 629 (1987).
/// </summary>
public static class Superposition
{
    /// <param name="first">[N, 3] [length].</param>
    /// <param name="second">As many, in the same order.</param>
    public static double Rmsd(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var n = first.Length / 3;
        Span<double> a = stackalloc double[3], b = stackalloc double[3], s = stackalloc double[9];
        for (var k = 0; k < first.Length; k++)
        {
            a[k % 3] += first[k] / n;
            b[k % 3] += second[k] / n;
        }
        var squares = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var p = 0; p < 3; p++)
            {
                var x = first[3 * i + p] - a[p];
                squares += x * x + (second[3 * i + p] - b[p]) * (second[3 * i + p] - b[p]);
                for (var q = 0; q < 3; q++)
                {
                    s[3 * p + q] += x * (second[3 * i + q] - b[q]);
                }
            }
        }
        using var buffer = new AlignedBuffer<double>(16);
        using var values = new AlignedBuffer<double>(4);
        var m = new Matrix<double>(buffer, 4, 4);
        (m[0, 0], m[1, 0], m[2, 0], m[3, 0]) = (s[0] + s[4] + s[8], s[5] - s[7], s[6] - s[2], s[1] - s[3]);
        (m[1, 1], m[2, 1], m[3, 1]) = (s[0] - s[4] - s[8], s[1] + s[3], s[6] + s[2]);
        (m[2, 2], m[3, 2], m[3, 3]) = (-s[0] + s[4] - s[8], s[5] + s[7], -s[0] - s[4] + s[8]);
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        algebra.SymmetricEigen(m, new(values, 1, 4), vectors: false);
        return Math.Sqrt(Math.Max(0, squares - 2 * values[3]) / n);
    }
}
