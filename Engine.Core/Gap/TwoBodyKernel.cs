using Engine.Kernels.Errors;
using Engine.Kernels.Numerics;
using Engine.Kernels.Soap;

namespace Engine.Core.Gap;

/// <summary>
/// The pair energy of a distance_2b set: f_c(r) (erf(κr)/r)^p Σ_s α_s k(d, x_s), d_k = r^e_k. Every pair has two instances, one seen from either end.
/// </summary>
public sealed class TwoBodyKernel
{
    private readonly GapSparseSet set;
    private readonly RadialCutoff cutoff;
    private readonly double[] exponents;
    private readonly double tailExponent;
    private readonly double tailRange;
    private readonly int[]?[] permutations;
    private readonly double[] norms;
    private readonly PolynomialRows? table;

    /// <exception cref="InputException">The descriptor is not understood.</exception>
    public TwoBodyKernel(GapSparseSet set)
    {
        this.set = set;
        var text = set.Descriptor;
        cutoff = new(text.Number("cutoff"), text.Number("cutoff_transition_width", 0.5));
        (First, Second) = (text.Integer("Z1", 0), text.Integer("Z2", 0));
        var count = text.Integer("n_exponents", 1);
        exponents = text.Has("exponents") ? text.Numbers("exponents") : count == 1 ? [1] : [.. Enumerable.Range(1, count).Select(k => -(double)k)];
        (tailExponent, tailRange) = (text.Number("tail_exponent", 0), text.Number("tail_range", 1));
        if (exponents.Length != count || set.Dimensions != count)
        {
            throw new InputException($"descriptor '{text.Text}' has {exponents.Length} exponents and {set.Dimensions} components; expected n_exponents={count} of both");
        }
        permutations = set.Permutations.Length > 1 ? [.. set.Permutations] : [null];
        var still = new double[count];
        norms = set.Permutations.Length > 1 ? [.. Enumerable.Range(0, set.Count).Select(s => Norm(set.Points.AsSpan(s * count, count), still).Value)] : [];
        if (exponents is [1] && tailExponent == 0)
        {
            // Smooth everywhere, also at 0. A table of a tenth of the kernel's width is exact to the last digits.
            var width = Math.Min(0.1, 0.1 * (set.Theta is [var theta] ? theta : 1));
            table = new(cutoff.Start, cutoff.Cutoff, width, 1, (r, row) => row[0] = Evaluate(r).Energy);
        }
    }

    /// <summary>[Å]</summary>
    public double Cutoff => cutoff.Cutoff;

    /// <summary>Where higher derivatives of the energy jump [Å]: start of the fading, and the cutoff.</summary>
    public IEnumerable<double> Breakpoints => [cutoff.Start, cutoff.Cutoff];

    /// <summary>Atomic numbers of the pair, 0 for any.</summary>
    public int First { get; }

    public int Second { get; }

    /// <summary>Factor of an instance: fading and tail.</summary>
    public double Factor(double r) => cutoff.At(r) * Tail(r);

    /// <summary>Components of the descriptor at a distance.</summary>
    public void Describe(double r, Span<double> d)
    {
        for (var k = 0; k < d.Length; k++)
        {
            d[k] = Math.Pow(r, exponents[k]);
        }
    }

    public bool Matches(int first, int second) => (Is(First, first) && Is(Second, second)) || (Is(First, second) && Is(Second, first));

    /// <summary>Energy of one instance [eV] and its derivative [eV/Å].</summary>
    public (double Energy, double Derivative) At(double r) => table is not null ? table.At(r, 0) : r >= cutoff.Cutoff ? (0, 0) : Evaluate(r);

    /// <summary>Kernel of a descriptor and a sparse point without the instance's factor.</summary>
    public double Kernel(ReadOnlySpan<double> d, int s)
    {
        Span<double> still = stackalloc double[d.Length];
        still.Clear();
        return Kernel(d, still, s).Value;
    }

    private static bool Is(int wanted, int found) => wanted == 0 || wanted == found;

    private (double Energy, double Derivative) Evaluate(double r)
    {
        Span<double> d = stackalloc double[exponents.Length], direction = stackalloc double[exponents.Length];
        Describe(r, d);
        for (var k = 0; k < d.Length; k++)
        {
            direction[k] = exponents[k] * Math.Pow(r, exponents[k] - 1);
        }
        var (sum, slope) = (0.0, 0.0);
        for (var s = 0; s < set.Count; s++)
        {
            var (value, change) = Kernel(d, direction, s);
            sum += set.Weights[s] * value;
            slope += set.Weights[s] * change;
        }
        return (Factor(r) * sum, FactorSlope(r) * sum + Factor(r) * slope);
    }

    private double Tail(double r) => tailExponent == 0 ? 1 : Math.Pow((1 - SpecialFunctions.Erfc(tailRange * r)) / r, tailExponent);

    private double FactorSlope(double r)
    {
        var fade = r <= cutoff.Cutoff - cutoff.Width || r >= cutoff.Cutoff ? 0 : -0.5 * Math.PI / cutoff.Width * Math.Sin(Math.PI * (r - cutoff.Cutoff + cutoff.Width) / cutoff.Width);
        if (tailExponent == 0)
        {
            return fade;
        }
        var x = tailRange * r;
        var growth = 2 / Math.Sqrt(Math.PI) * tailRange * Math.Exp(-x * x) / (1 - SpecialFunctions.Erfc(x));
        return (fade + cutoff.At(r) * tailExponent * (growth - 1 / r)) * Tail(r);
    }

    /// <summary>The kernel, and its slope where the descriptor moves in a direction.</summary>
    private (double Value, double Slope) Kernel(ReadOnlySpan<double> d, ReadOnlySpan<double> direction, int s)
    {
        var point = set.Points.AsSpan(s * set.Dimensions, set.Dimensions);
        var scale = set.Delta * set.Delta * set.Cutoffs[s];
        var (value, slope) = (0.0, 0.0);
        if (set.Covariance == GapCovariance.DotProduct)
        {
            for (var k = 0; k < d.Length; k++)
            {
                value += d[k] * point[k];
                slope += direction[k] * point[k];
            }
            return (scale * Math.Pow(value, set.Zeta), scale * set.Zeta * Math.Pow(value, set.Zeta - 1) * slope);
        }
        Span<double> still = stackalloc double[d.Length];
        still.Clear();
        foreach (var permutation in permutations)
        {
            var (square, change) = SquaredDistance(d, direction, point, still, permutation);
            var gaussian = Math.Exp(-0.5 * square);
            value += gaussian;
            slope -= 0.5 * gaussian * change;
        }
        if (permutations.Length > 1)
        {
            var (norm, change) = Norm(d, direction);
            var root = Math.Sqrt(norms[s] * norm);
            value /= root;
            slope = slope / root - 0.5 * value * change / norm;
        }
        return (scale * value + set.Mean * set.Mean * set.Cutoffs[s], scale * slope);
    }

    /// <summary>Sum over permutations of a descriptor's Gaussian with itself, and its slope.</summary>
    private (double Value, double Slope) Norm(ReadOnlySpan<double> x, ReadOnlySpan<double> direction)
    {
        var (value, slope) = (0.0, 0.0);
        foreach (var permutation in permutations)
        {
            var (square, change) = SquaredDistance(x, direction, x, direction, permutation);
            value += Math.Exp(-0.5 * square);
            slope -= 0.5 * Math.Exp(-0.5 * square) * change;
        }
        return (value, slope);
    }

    private (double Value, double Slope) SquaredDistance(
        ReadOnlySpan<double> d, ReadOnlySpan<double> direction, ReadOnlySpan<double> x, ReadOnlySpan<double> directionOfX, int[]? permutation)
    {
        var (value, slope) = (0.0, 0.0);
        for (var k = 0; k < d.Length; k++)
        {
            var other = permutation?[k] ?? k;
            var u = (d[k] - x[other]) / set.Theta[k];
            value += u * u;
            slope += 2 * u * (direction[k] - directionOfX[other]) / set.Theta[k];
        }
        return (value, slope);
    }
}
