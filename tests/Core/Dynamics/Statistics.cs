using Engine.Kernels.Numerics;

namespace Engine.Tests.Core.Dynamics;

/// <summary>Distribution functions and the Kolmogorov–Smirnov test.</summary>
internal static class Statistics
{
    public static double NormalCumulative(double x) => 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    /// <summary>Regularised lower incomplete gamma function P(a, x): its series below x = a + 1, the continued fraction of Q above.</summary>
    public static double GammaCumulative(double a, double x)
    {
        if (x <= 0)
        {
            return 0;
        }
        var front = Math.Exp(a * Math.Log(x) - x - LogGamma(a));
        if (x < a + 1)
        {
            double term = 1 / a, sum = term;
            for (var n = 1; n < 100000 && term > 1e-16 * sum; n++)
            {
                term *= x / (a + n);
                sum += term;
            }
            return front * sum;
        }
        double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
        for (var n = 1; n < 100000; n++)
        {
            var an = -n * (n - a);
            b += 2;
            d = 1 / (an * d + b);
            c = b + an / c;
            h *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15)
            {
                break;
            }
        }
        return 1 - front * h;
    }

    /// <summary>ln Γ by Stirling's series after shifting the argument above 20; error below 1e-13 relative.</summary>
    public static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 20; x++)
        {
            shift += Math.Log(x);
        }
        var u = 1 / (x * x);
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + (1.0 / 12 - u * (1.0 / 360 - u / 1260)) / x - shift;
    }

    /// <summary>Probability that n independent samples of the law deviate at least this much (asymptotic Kolmogorov law with Stephens' correction).</summary>
    public static double KolmogorovSmirnov(double[] samples, Func<double, double> cumulative)
    {
        var sorted = samples.Order().ToArray();
        var deviation = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var p = cumulative(sorted[i]);
            deviation = Math.Max(deviation, Math.Max(p - (double)i / sorted.Length, (i + 1.0) / sorted.Length - p));
        }
        var root = Math.Sqrt(sorted.Length);
        var lambda = (root + 0.12 + 0.11 / root) * deviation;
        var probability = 0.0;
        for (var k = 1; k <= 100; k++)
        {
            probability += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2 * k * k * lambda * lambda);
        }
        return lambda < 0.2 ? 1 : Math.Clamp(probability, 0, 1);
    }
}
