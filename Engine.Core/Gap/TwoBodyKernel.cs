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
        norms = set.Permutations.Length > 1 ? [.. Enumerable.Range(0, set.Count).Select(s => Norm(set.Points.AsSpan(s * count, count)))] : [];
        if (exponents is [1] && tailExponent == 0)
        {
            // Smooth everywhere, also at 0. A table of a tenth of the kernel's width is exact to the last digits.
            var width = Math.Min(0.1, 0.1 * (set.Theta is [var theta] ? theta : 1));
            table = new(cutoff.Start, cutoff.Cutoff, width, 1, (r, row) => row[0] = Evaluate(r));
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
    public double Factor(double r) => cutoff.At(r) * (tailExponent == 0 ? 1 : Math.Pow((1 - SpecialFunctions.Erfc(tailRange * r)) / r, tailExponent));

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
    public (double Energy, double Derivative) At(double r)
    {
        if (table is not null)
        {
            return table.At(r, 0);
        }
        if (r >= cutoff.Cutoff)
        {
            return (0, 0);
        }
        // Negative powers have no table from 0 on: the derivative of a smooth function by a step whose fourth power is the rounding of a double.
        const double step = 1e-3;
        var h = Math.Min(step, 0.01 * r);
        var slope = (8 * (Evaluate(r + h) - Evaluate(r - h)) - (Evaluate(r + 2 * h) - Evaluate(r - 2 * h))) / (12 * h);
        return (Evaluate(r), slope);
    }

    /// <summary>Kernel of a descriptor and a sparse point without the instance's factor.</summary>
    public double Kernel(ReadOnlySpan<double> d, int s)
    {
        var point = set.Points.AsSpan(s * set.Dimensions, set.Dimensions);
        if (set.Covariance == GapCovariance.DotProduct)
        {
            var dot = 0.0;
            for (var k = 0; k < d.Length; k++)
            {
                dot += d[k] * point[k];
            }
            return set.Delta * set.Delta * Math.Pow(dot, set.Zeta) * set.Cutoffs[s];
        }
        double gaussian;
        if (set.Permutations.Length <= 1)
        {
            gaussian = Math.Exp(-0.5 * SquaredDistance(d, point, null));
        }
        else
        {
            gaussian = 0;
            foreach (var permutation in set.Permutations)
            {
                gaussian += Math.Exp(-0.5 * SquaredDistance(d, point, permutation));
            }
            gaussian /= Math.Sqrt(norms[s] * Norm(d));
        }
        return (set.Delta * set.Delta * gaussian + set.Mean * set.Mean) * set.Cutoffs[s];
    }

    private static bool Is(int wanted, int found) => wanted == 0 || wanted == found;

    private double Evaluate(double r)
    {
        Span<double> d = stackalloc double[exponents.Length];
        Describe(r, d);
        var sum = 0.0;
        for (var s = 0; s < set.Count; s++)
        {
            sum += set.Weights[s] * Kernel(d, s);
        }
        return Factor(r) * sum;
    }

    private double Norm(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        foreach (var permutation in set.Permutations)
        {
            sum += Math.Exp(-0.5 * SquaredDistance(x, x, permutation));
        }
        return sum;
    }

    private double SquaredDistance(ReadOnlySpan<double> d, ReadOnlySpan<double> x, int[]? permutation)
    {
        var sum = 0.0;
        for (var k = 0; k < d.Length; k++)
        {
            var u = (d[k] - x[permutation?[k] ?? k]) / set.Theta[k];
            sum += u * u;
        }
        return sum;
    }
}
