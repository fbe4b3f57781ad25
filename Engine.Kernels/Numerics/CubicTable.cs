namespace Engine.Kernels.Numerics;

/// <summary>
/// A function given on a uniform grid as cubics: in interval k, t = (x − Start)/Spacing − k, f = C0 + t(C1 + t(C2 + t·C3)).
/// Four coefficients per interval lie side by side: [C0 C1 C2 C3] × intervals. Outside [Start, End] the nearest interval is extrapolated.
/// </summary>
public sealed class CubicTable
{
    private CubicTable(double start, double spacing, double[] coefficients)
    {
        Start = start;
        Spacing = spacing;
        Coefficients = coefficients;
        FloatCoefficients = Array.ConvertAll(coefficients, c => (float)c);
        FloatScale = (float)(1 / spacing);
        FloatOffset = (float)(-start / spacing);
        FloatLast = Intervals - 1;
    }

    public double Start { get; }

    public double Spacing { get; }

    public int Intervals => Coefficients.Length / 4;

    public double End => Start + Intervals * Spacing;

    public double[] Coefficients { get; }

    public float[] FloatCoefficients { get; }

    /// <summary>Interval of x in float lanes: the whole part of x·FloatScale + FloatOffset, at most FloatLast.</summary>
    internal float FloatScale { get; }

    internal float FloatOffset { get; }

    internal float FloatLast { get; }

    /// <summary>Cubic Hermite interpolation of <paramref name="value"/> and its <paramref name="derivative"/> at the nodes.</summary>
    public static CubicTable Hermite(double start, double end, int intervals, Func<double, double> value, Func<double, double> derivative)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(intervals);
        var h = (end - start) / intervals;
        var c = new double[4 * intervals];
        for (var k = 0; k < intervals; k++)
        {
            double x0 = start + k * h, x1 = start + (k + 1) * h;
            double f0 = value(x0), f1 = value(x1), d0 = h * derivative(x0), d1 = h * derivative(x1);
            c[4 * k] = f0;
            c[4 * k + 1] = d0;
            c[4 * k + 2] = 3 * (f1 - f0) - 2 * d0 - d1;
            c[4 * k + 3] = 2 * (f0 - f1) + d0 + d1;
        }
        return new CubicTable(start, h, c);
    }

    /// <summary>The value at x.</summary>
    public double Evaluate(double x)
    {
        var s = (x - Start) / Spacing;
        var k = Math.Clamp((int)Math.Floor(s), 0, Intervals - 1);
        var t = s - k;
        var c = Coefficients.AsSpan(4 * k, 4);
        return c[0] + t * (c[1] + t * (c[2] + t * c[3]));
    }

    /// <summary>The derivative at x.</summary>
    public double EvaluateDerivative(double x)
    {
        var s = (x - Start) / Spacing;
        var k = Math.Clamp((int)Math.Floor(s), 0, Intervals - 1);
        var t = s - k;
        var c = Coefficients.AsSpan(4 * k, 4);
        return (c[1] + t * (2 * c[2] + 3 * t * c[3])) / Spacing;
    }
}
