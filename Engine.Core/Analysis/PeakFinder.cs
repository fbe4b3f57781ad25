namespace Engine.Core.Analysis;

/// <summary>First peak and first minimum of a radial distribution function that was sampled in equal bins.</summary>
internal static class PeakFinder
{
    /// <param name="PeakPosition">Vertex of the parabola through the top of the first peak.</param>
    /// <param name="PeakHeight">Its ordinate.</param>
    /// <param name="MinimumPosition">First minimum behind it, NaN where the curve does not rise again.</param>
    public readonly record struct Features(double PeakPosition, double PeakHeight, double MinimumPosition);

    /// <summary>A minimum closes a shell where the curve falls below what it is far away, or to this of the peak: a split peak has a shallower one inside.</summary>
    private const double ShellEnd = 0.5;

    /// <summary>
    /// Smooths <paramref name="y"/> with a Gaussian of <paramref name="relativeWidth"/> times the position of the highest bin, takes the first maximum that reaches
    /// <paramref name="fraction"/> of the highest, fits a parabola to the unsmoothed top of it, and follows the smoothed curve down behind it, below 1 or half of the
    /// peak height, to where it turns up by at least 3 % of the peak height. Null when there is no peak above 0.
    /// </summary>
    public static Features? First(double[] x, double[] y, double relativeWidth, double fraction = 0.5)
    {
        var width = x[1] - x[0];
        var top = Array.IndexOf(y, y.Max());
        if (!(y[top] > 0))
        {
            return null;
        }
        var smooth = Smooth(y, relativeWidth * x[top] / width);
        var highest = smooth.Max();
        var peak = 1;
        while (peak < smooth.Length - 1 && !(smooth[peak] >= fraction * highest && smooth[peak] > smooth[peak - 1] && smooth[peak] >= smooth[peak + 1]))
        {
            peak++;
        }
        if (peak == smooth.Length - 1)
        {
            return null;
        }
        var (position, height) = ParabolaTop(x, y, smooth, peak);
        return new(position, height, Minimum(x, smooth, peak));
    }

    private static double[] Smooth(double[] y, double sigma)
    {
        if (sigma < 0.3)
        {
            return y;
        }
        var reach = (int)Math.Ceiling(4 * sigma);
        var smooth = new double[y.Length];
        for (var i = 0; i < y.Length; i++)
        {
            double sum = 0, norm = 0;
            for (var j = Math.Max(0, i - reach); j <= Math.Min(y.Length - 1, i + reach); j++)
            {
                var w = Math.Exp(-0.5 * (i - j) * (i - j) / (sigma * sigma));
                sum += w * y[j];
                norm += w;
            }
            smooth[i] = sum / norm;
        }
        return smooth;
    }

    private static (double Position, double Height) ParabolaTop(double[] x, double[] y, double[] smooth, int peak)
    {
        int from = peak, to = peak;
        // No farther than to where the curve turns up again.
        while (from > 0 && ((smooth[from - 1] > 0.85 * smooth[peak] && smooth[from - 1] <= smooth[from]) || peak - from < 1))
        {
            from--;
        }
        while (to < y.Length - 1 && ((smooth[to + 1] > 0.85 * smooth[peak] && smooth[to + 1] <= smooth[to]) || to - peak < 1))
        {
            to++;
        }
        // Least squares of a + b t + c t² with t in bins from the peak; the normal equations are 3 × 3.
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, p0 = 0, p1 = 0, p2 = 0;
        for (var i = from; i <= to; i++)
        {
            double t = i - peak, t2 = t * t;
            s0 += 1;
            s1 += t;
            s2 += t2;
            s3 += t2 * t;
            s4 += t2 * t2;
            p0 += y[i];
            p1 += t * y[i];
            p2 += t2 * y[i];
        }
        var det = s0 * (s2 * s4 - s3 * s3) - s1 * (s1 * s4 - s2 * s3) + s2 * (s1 * s3 - s2 * s2);
        var a = (p0 * (s2 * s4 - s3 * s3) - s1 * (p1 * s4 - s3 * p2) + s2 * (p1 * s3 - s2 * p2)) / det;
        var b = (s0 * (p1 * s4 - s3 * p2) - p0 * (s1 * s4 - s2 * s3) + s2 * (s1 * p2 - p1 * s2)) / det;
        var c = (s0 * (s2 * p2 - p1 * s3) - s1 * (s1 * p2 - p1 * s2) + p0 * (s1 * s3 - s2 * s2)) / det;
        var vertex = -b / (2 * c);
        return c < 0 && vertex >= from - peak && vertex <= to - peak
            ? (x[peak] + vertex * (x[1] - x[0]), a - b * b / (4 * c))
            : (x[peak], y[peak]);
    }

    private static double Minimum(double[] x, double[] smooth, int peak)
    {
        var rise = 0.03 * smooth[peak];
        var lowest = peak;
        for (var i = peak + 1; i < smooth.Length; i++)
        {
            if (smooth[i] < smooth[lowest])
            {
                lowest = i;
            }
            else if (smooth[i] > smooth[lowest] + rise && smooth[lowest] < Math.Max(1, ShellEnd * smooth[peak]))
            {
                // A gap between two shells of a crystal is flat: take its middle.
                var end = lowest;
                while (smooth[end + 1] <= smooth[lowest] + 1e-9 * smooth[peak])
                {
                    end++;
                }
                var start = lowest;
                while (smooth[start - 1] <= smooth[lowest] + 1e-9 * smooth[peak])
                {
                    start--;
                }
                return 0.5 * (x[start] + x[end]);
            }
        }
        return double.NaN;
    }
}
