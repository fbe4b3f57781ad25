namespace Engine.Kernels.Soap;

/// <summary>Modified spherical Bessel functions of the first kind.</summary>
public static class SphericalBessel
{
    /// <summary>e^(−x) i_l(x) for l = 0 … length − 1, x ≥ 0, to about 1e-15 of i_0.</summary>
    public static void ScaledModified(double x, Span<double> result)
    {
        result.Clear();
        if (x == 0)
        {
            result[0] = 1;
            return;
        }
        // From 20 on e^(−2x) is below the last digit, long before sinh overflows.
        var first = x < 20 ? Math.Exp(-x) * Math.Sinh(x) / x : 0.5 / x;
        var last = result.Length - 1;

        // Downwards i_(l−1) = i_(l+1) + (2l + 1)/x i_l is stable; it forgets its arbitrary start by a factor of about (l/x)² a step.
        var start = last + 20 + (int)(2 * Math.Sqrt(40 * x)) + (int)Math.Min(x, 40);
        var (above, here) = (0.0, 1e-280);
        for (var l = start; l > 0; l--)
        {
            if (l <= last)
            {
                result[l] = here;
            }
            (above, here) = (here, above + (2 * l + 1) / x * here);
            if (here > 1e250)
            {
                (above, here) = (above * 1e-250, here * 1e-250);
                for (var k = l; k <= last; k++)
                {
                    result[k] *= 1e-250;
                }
            }
        }
        var scale = first / here;
        result[0] = first;
        for (var l = 1; l <= last; l++)
        {
            result[l] *= scale;
        }
    }
}
