namespace Engine.Core.Analysis;

/// <summary>Unweighted least-squares line y = Intercept + Slope·x.</summary>
public readonly record struct LinearFit(double Intercept, double Slope)
{
    /// <summary>The line through two points or more.</summary>
    public static LinearFit Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double mx = 0, my = 0;
        for (var i = 0; i < x.Length; i++)
        {
            mx += x[i] / x.Length;
            my += y[i] / x.Length;
        }
        double sxx = 0, sxy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sxx += (x[i] - mx) * (x[i] - mx);
            sxy += (x[i] - mx) * (y[i] - my);
        }
        var slope = sxy / sxx;
        return new(my - slope * mx, slope);
    }
}
