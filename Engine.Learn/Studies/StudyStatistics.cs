using Engine.Core.Analysis;
using Engine.Kernels.Random;

namespace Engine.Learn.Studies;

/// <summary>Means and rank correlations of runs, with 95 % confidence intervals.</summary>
internal static class StudyStatistics
{
    private const double Confidence = 0.95;
    private const int Resamples = 4000;

    /// <summary>Intervals of fewer samples than that say nothing.</summary>
    private const int FewestForCorrelation = 5;

    /// <summary>A mean; its interval is Student's.</summary>
    public static StudyNumber Mean(string name, double[] values, string unit = "")
    {
        var mean = values.Average();
        var error = BlockAverage.StandardError(values);
        var half = error * StudentQuantile(values.Length - 1) ?? double.NaN;
        return new(name, mean, error, mean - half, mean + half, values.Length, values.Count(v => v > 0)) { Unit = unit };
    }

    /// <summary>Means at places along a curve, with their standard errors where they are of more than one run.</summary>
    /// <param name="name">Of the curve.</param>
    /// <param name="x">The places.</param>
    /// <param name="values">The values of all runs at the place of that number.</param>
    public static AnalysisCurve Curve(string name, IEnumerable<int> x, Func<int, double[]> values)
    {
        double[] places = [.. x.Select(place => (double)place)];
        StudyNumber[] means = [.. places.Select((_, k) => Mean("", values(k)))];
        return new(name, places, [.. means.Select(m => m.Value)], means[0].Count > 1 ? [.. means.Select(m => m.StandardError!.Value)] : null);
    }

    /// <summary>
    /// Spearman's rank correlation; its interval and error are those of resampled pairs (percentiles: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).
    /// </summary>
    public static StudyNumber RankCorrelation(string name, double[] x, double[] y, ulong seed)
    {
        if (x.Length < FewestForCorrelation || x.Concat(y).Any(v => !double.IsFinite(v)))
        {
            return new(name, double.NaN, null, double.NaN, double.NaN, x.Length, null);
        }
        var drawn = new List<double>();
        var (a, b) = (new double[x.Length], new double[x.Length]);
        for (var resample = 0; resample < Resamples; resample++)
        {
            var random = new RandomSequence(seed, RandomStream.Bootstrap, resample);
            for (var k = 0; k < x.Length; k++)
            {
                var pair = random.NextBelow(x.Length);
                (a[k], b[k]) = (x[pair], y[pair]);
            }
            // A draw of one pair alone has no ranks.
            if (Spearman(a, b) is var correlation && double.IsFinite(correlation))
            {
                drawn.Add(correlation);
            }
        }
        drawn.Sort();
        double At(double share) => drawn.Count == 0 ? double.NaN : drawn[(int)Math.Round(share * (drawn.Count - 1))];
        var spread = drawn.Count > 1 ? BlockAverage.StandardError(drawn.ToArray()) * Math.Sqrt(drawn.Count) : null;
        return new(name, Spearman(x, y), spread, At((1 - Confidence) / 2), At((1 + Confidence) / 2), x.Length, null);
    }

    /// <summary>The correlation of ranks; equal numbers share their mean rank. NaN where all are equal.</summary>
    internal static double Spearman(double[] x, double[] y)
    {
        var (a, b) = (Ranks(x), Ranks(y));
        var mean = (x.Length + 1) / 2.0;
        var (xx, yy, xy) = (0.0, 0.0, 0.0);
        for (var k = 0; k < a.Length; k++)
        {
            xx += (a[k] - mean) * (a[k] - mean);
            yy += (b[k] - mean) * (b[k] - mean);
            xy += (a[k] - mean) * (b[k] - mean);
        }
        return xy / Math.Sqrt(xx * yy);
    }

    /// <summary>t with P(|T| ≤ t) = 0.95 for Student's distribution; NaN without a degree of freedom.</summary>
    internal static double StudentQuantile(int degrees)
    {
        if (degrees < 1)
        {
            return double.NaN;
        }
        var (low, high) = (0.0, 20.0);
        while (high - low > 1e-12 * high)
        {
            var middle = (low + high) / 2;
            (low, high) = StudentProbability(middle, degrees) < Confidence ? (middle, high) : (low, middle);
        }
        return high;
    }

    /// <summary>P(|T| ≤ t): M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.</summary>
    private static double StudentProbability(double t, int degrees)
    {
        var angle = Math.Atan(t / Math.Sqrt(degrees));
        var (sine, square) = (Math.Sin(angle), Math.Cos(angle) * Math.Cos(angle));
        var odd = degrees % 2;
        var (term, sum) = (odd == 1 ? Math.Cos(angle) : 1.0, 0.0);
        for (var k = 2 + odd; k <= degrees; k += 2)
        {
            sum += term;
            term *= square * (k - 1) / k;
        }
        return odd == 1 ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
    }

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort((double[])values.Clone(), order);
        var ranks = new double[values.Length];
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]])
            {
                end++;
            }
            for (var k = start; k < end; k++)
            {
                ranks[order[k]] = (start + 1 + end) / 2.0;
            }
            start = end;
        }
        return ranks;
    }
}
