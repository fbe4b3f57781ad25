using Engine.Core.Analysis;

namespace Engine.Cli.Report;

/// <summary>Long curves for display: of each run of neighbouring points only the lowest and the highest stay, so no spike is lost.</summary>
internal static class CurveThinning
{
    /// <returns>The curve itself where it has at most <paramref name="points"/> points.</returns>
    public static AnalysisCurve Thin(AnalysisCurve curve, int points)
    {
        var n = curve.X.Length;
        if (n <= points)
        {
            return curve;
        }
        var kept = new List<int>(points);
        var runs = points / 2;
        for (var run = 0; run < runs; run++)
        {
            var from = (int)((long)run * n / runs);
            var to = (int)((long)(run + 1) * n / runs);
            int low = from, high = from;
            for (var i = from; i < to; i++)
            {
                low = curve.Y[i] < curve.Y[low] ? i : low;
                high = curve.Y[i] > curve.Y[high] ? i : high;
            }
            kept.Add(Math.Min(low, high));
            if (low != high)
            {
                kept.Add(Math.Max(low, high));
            }
        }
        return curve with { X = Pick(curve.X), Y = Pick(curve.Y), Error = curve.Error is { } error ? Pick(error) : null };

        double[] Pick(double[] values) => [.. kept.Select(i => values[i])];
    }
}
