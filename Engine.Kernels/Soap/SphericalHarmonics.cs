using Engine.Kernels.Numerics;

namespace Engine.Kernels.Soap;

/// <summary>
/// Real orthonormal spherical harmonics Y_lm and the derivatives of the solid harmonics r^l Y_lm at unit vectors, by recurrences in x, y, z that have no poles: r^l Y_lm =
/// N_lm Q_l^|m|(z, r²) · Re or Im (x + iy)^|m|, Q_m^m = (−1)^m (2m − 1)!!, (l − m) Q_l^m = (2l − 1) z Q_(l−1)^m − (l + m − 1) r² Q_(l−2)^m.
/// Source: F. Bigi, G. Fraux, N. J. Browning and M. Ceriotti, J. Chem. Phys. 159, 064802 (2023). lm is l² + l + m; negative m have the imaginary part.
/// </summary>
public sealed unsafe class SphericalHarmonics
{
    /// <summary>Vectors treated at once.</summary>
    public const int Width = 8;

    private readonly double[] normalisation;

    public SphericalHarmonics(int lMax)
    {
        LMax = lMax;
        normalisation = new double[(lMax + 1) * (lMax + 1)];
        for (var l = 0; l <= lMax; l++)
        {
            for (var m = 0; m <= l; m++)
            {
                var ratio = 1.0;
                for (var k = l - m + 1; k <= l + m; k++)
                {
                    ratio /= k;
                }
                normalisation[l * (lMax + 1) + m] = Math.Sqrt((2 * l + 1) / (4 * Math.PI) * ratio * (m == 0 ? 1 : 2));
            }
        }
    }

    public int LMax { get; }

    /// <summary>N_lm of the harmonics of all degrees, by lm.</summary>
    internal IEnumerable<double> Normalisations => Enumerable.Range(0, LMax + 1).SelectMany(l => Enumerable.Range(-l, 2 * l + 1).Select(m => normalisation[l * (LMax + 1) + Math.Abs(m)]));

    /// <summary>Harmonics of all degrees.</summary>
    public int Count => (LMax + 1) * (LMax + 1);

    /// <summary>Doubles of scratch that <see cref="Evaluate"/> needs.</summary>
    public int ScratchLength => Width * ((LMax + 2) * (LMax + 2) + 2 * (LMax + 2));

    /// <summary>Eight vectors at once.</summary>
    /// <param name="x">Eight x of unit vectors; likewise y, z.</param>
    /// <param name="y">y.</param>
    /// <param name="z">z.</param>
    /// <param name="scratch">Room, see <see cref="ScratchLength"/>.</param>
    /// <param name="values">Y_lm: [lm][8].</param>
    /// <param name="gradients">∂x, ∂y, ∂z of the solid harmonics: three times [lm][8]; null where not wanted.</param>
    public void Evaluate<V>(V x, V y, V z, double* scratch, double* values, double* gradients)
        where V : struct, ILanes<V, double>
    {
        var row = LMax + 2;
        var q = scratch;
        var re = q + Width * row * row;
        var im = re + Width * row;
        Powers(x, y, re, im);
        Legendre(z, x * x + y * y + z * z, q, row);
        var block = (long)Width * Count;
        for (var l = 0; l <= LMax; l++)
        {
            for (var m = 0; m <= l; m++)
            {
                var n = V.Broadcast(normalisation[l * (LMax + 1) + m]);
                var (a, b) = (V.Load(re + Width * m), V.Load(im + Width * m));
                var qlm = n * V.Load(q + Width * (l * row + m));
                var (plus, minus) = (Width * (l * l + l + m), Width * (l * l + l - m));
                V.Store(values + plus, qlm * a);
                if (m > 0)
                {
                    V.Store(values + minus, qlm * b);
                }
                if (gradients == null)
                {
                    continue;
                }
                // ∂Q_l^m/∂x = x Q_(l−1)^(m+1), likewise y; ∂Q_l^m/∂z = (l + m) Q_(l−1)^m; ∂(x + iy)^m = m (x + iy)^(m−1) (dx + i dy).
                var next = l > 0 && m + 1 <= l - 1 ? n * V.Load(q + Width * ((l - 1) * row + m + 1)) : V.Broadcast(0);
                var below = l > 0 && m <= l - 1 ? n * V.Broadcast(l + m) * V.Load(q + Width * ((l - 1) * row + m)) : V.Broadcast(0);
                var (nextX, nextY) = (next * x, next * y);
                if (m == 0)
                {
                    V.Store(gradients + plus, nextX);
                    V.Store(gradients + block + plus, nextY);
                    V.Store(gradients + 2 * block + plus, below);
                    continue;
                }
                var mq = V.Broadcast(m) * qlm;
                var (a1, b1) = (mq * V.Load(re + Width * (m - 1)), mq * V.Load(im + Width * (m - 1)));
                V.Store(gradients + plus, V.MultiplyAdd(nextX, a, a1));
                V.Store(gradients + minus, V.MultiplyAdd(nextX, b, b1));
                V.Store(gradients + block + plus, nextY * a - b1);
                V.Store(gradients + block + minus, V.MultiplyAdd(nextY, b, a1));
                V.Store(gradients + 2 * block + plus, below * a);
                V.Store(gradients + 2 * block + minus, below * b);
            }
        }
    }

    /// <summary>Re and Im (x + iy)^m.</summary>
    private void Powers<V>(V x, V y, double* re, double* im)
        where V : struct, ILanes<V, double>
    {
        var (a, b) = (V.Broadcast(1), V.Broadcast(0));
        for (var m = 0; m <= LMax; m++)
        {
            V.Store(re + Width * m, a);
            V.Store(im + Width * m, b);
            (a, b) = (x * a - y * b, V.MultiplyAdd(x, b, y * a));
        }
    }

    private void Legendre<V>(V z, V rSquared, double* q, int row)
        where V : struct, ILanes<V, double>
    {
        var diagonal = V.Broadcast(1);
        for (var m = 0; m <= LMax; m++)
        {
            V.Store(q + Width * (m * row + m), diagonal);
            var (before, here) = (V.Broadcast(0), diagonal);
            for (var l = m + 1; l <= LMax; l++)
            {
                var next = (V.Broadcast(2 * l - 1) * z * here - V.Broadcast(l + m - 1) * rSquared * before) * V.Broadcast(1.0 / (l - m));
                (before, here) = (here, next);
                V.Store(q + Width * (l * row + m), here);
            }
            diagonal *= V.Broadcast(-(2 * m + 1));
        }
    }
}
