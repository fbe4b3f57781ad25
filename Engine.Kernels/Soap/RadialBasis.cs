using Engine.Kernels.Errors;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Soap;

/// <summary>
/// Radial functions R_ln(r) of a neighbour at distance r: f_c(r) Σ_a e^(−α(r² + r_a²)) i_l(2αr r_a) T_an with α = 1/(2σ²), Gaussians at r_a = a r_cb/n_max (a from 0), and
/// T = C⁻¹ L, C the values of the Gaussians at each other's places and S = L Lᵀ their overlaps ∫ r² φ_a φ_b dr. i_l is the modified spherical Bessel function of the first kind.
/// </summary>
/// <remarks>Source: libAtoms/GAP's soap; formulas written out in its documentation and checked against its numbers.</remarks>
public sealed class RadialBasis
{
    /// <summary>Beyond this condition number of the overlaps, nothing is left of sixteen digits.</summary>
    private const double WorstCondition = 1e12;

    private readonly SoapSettings settings;
    private readonly RadialCutoff cutoff;
    private readonly double alpha;
    private readonly double[] nodes;
    private readonly double[,] transform;
    private readonly double[,] lower;

    /// <exception cref="InputException">So many radial functions so near each other that they are not independent.</exception>
    public RadialBasis(SoapSettings settings)
    {
        settings.Check();
        this.settings = settings;
        cutoff = new(settings.Cutoff, settings.TransitionWidth, settings.DecayExponent, settings.DecayScale, settings.DecayRate);
        alpha = 0.5 / (settings.AtomSigma * settings.AtomSigma);
        var n = settings.NMax;
        nodes = [.. Enumerable.Range(0, n).Select(a => a * settings.BasisCutoff / n)];
        var values = new double[n, n];
        var overlaps = new double[n, n];
        for (var a = 0; a < n; a++)
        {
            for (var b = 0; b < n; b++)
            {
                values[a, b] = Math.Exp(-alpha * (nodes[a] - nodes[b]) * (nodes[a] - nodes[b]));
                overlaps[a, b] = Overlap(nodes[a], nodes[b]);
            }
        }
        lower = Cholesky(overlaps);
        transform = Solve(values, lower);
    }

    /// <summary>First column of L: what the centre's own Gaussian is, in the radial functions; only the first is not 0.</summary>
    public double CentreCoefficient => lower[0, 0];

    /// <summary>Where the values' higher derivatives jump: start of the fading, and the cutoff.</summary>
    public RadialCutoff Fading => cutoff;

    /// <summary>All R_ln at one distance, l-major: <paramref name="result"/>[l · n_max + n].</summary>
    public void Evaluate(double r, Span<double> result)
    {
        var n = settings.NMax;
        result.Clear();
        var fade = cutoff.At(r);
        if (fade == 0)
        {
            return;
        }
        Span<double> bessel = stackalloc double[settings.LMax + 1];
        for (var a = 0; a < n; a++)
        {
            var gaussian = Math.Exp(-alpha * (r - nodes[a]) * (r - nodes[a]));
            SphericalBessel.ScaledModified(2 * alpha * r * nodes[a], bessel);
            for (var l = 0; l <= settings.LMax; l++)
            {
                var f = fade * gaussian * bessel[l];
                for (var k = 0; k < n; k++)
                {
                    result[l * n + k] += f * transform[a, k];
                }
            }
        }
    }

    /// <summary>∫₀^∞ r² φ_a φ_b dr.</summary>
    private double Overlap(double ra, double rb)
    {
        var (sum, difference) = (ra + rb, ra - rb);
        return (Math.Sqrt(2) * Math.Pow(alpha, 1.5) * sum * Math.Exp(-alpha * (ra * ra + rb * rb))
            + alpha * Math.Sqrt(Math.PI) * (1 + alpha * sum * sum) * (2 - SpecialFunctions.Erfc(Math.Sqrt(alpha / 2) * sum))
                * Math.Exp(-alpha * difference * difference / 2))
            / Math.Sqrt(128 * Math.Pow(alpha, 5));
    }

    private double[,] Cholesky(double[,] s)
    {
        var n = settings.NMax;
        var l = new double[n, n];
        var largest = Enumerable.Range(0, n).Max(i => s[i, i]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = s[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= l[i, k] * l[j, k];
                }
                // The squared pivots bound the smallest eigenvalue from above.
                if (i == j && !(sum > largest / WorstCondition))
                {
                    throw TooClose();
                }
                l[i, j] = i == j ? Math.Sqrt(sum) : sum / l[j, j];
            }
        }
        return l;
    }

    /// <summary>C⁻¹ L by elimination with pivots.</summary>
    private double[,] Solve(double[,] c, double[,] l)
    {
        var n = settings.NMax;
        var m = (double[,])c.Clone();
        var x = (double[,])l.Clone();
        for (var k = 0; k < n; k++)
        {
            var pivot = Enumerable.Range(k, n - k).MaxBy(i => Math.Abs(m[i, k]));
            if (!(Math.Abs(m[pivot, k]) > 1 / WorstCondition))
            {
                throw TooClose();
            }
            for (var j = 0; j < n; j++)
            {
                (m[k, j], m[pivot, j]) = (m[pivot, j], m[k, j]);
                (x[k, j], x[pivot, j]) = (x[pivot, j], x[k, j]);
            }
            for (var i = 0; i < n; i++)
            {
                var factor = i == k ? 0 : m[i, k] / m[k, k];
                for (var j = 0; j < n; j++)
                {
                    m[i, j] -= factor * m[k, j];
                    x[i, j] -= factor * x[k, j];
                }
            }
        }
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                x[i, j] /= m[i, i];
            }
        }
        return x;
    }

    private InputException TooClose() => new(FormattableString.Invariant(
        $"soap: {settings.NMax} radial functions of width {settings.AtomSigma} up to {settings.BasisCutoff:G4} are too close to each other to be told apart in double precision; use a smaller n_max or a smaller atom_sigma"));
}
