namespace Engine.Core.Potentials;

/// <summary>
/// Cubic through tabulated points with continuous first derivative: given slopes are used as they are; without them the slopes are those of the
/// cubic spline whose end slopes are of the cubics through the first and last four points.
/// </summary>
internal sealed class TableSpline
{
    private readonly double[] x;
    private readonly double[] y;
    private readonly double[] slope;

    /// <param name="distances">Rising, > 0, at least four.</param>
    /// <param name="energies">Of equal length.</param>
    /// <param name="forces">−dU/dr, or null.</param>
    /// <exception cref="ArgumentException">The columns are not as described.</exception>
    public TableSpline(double[] distances, double[] energies, double[]? forces)
    {
        if (distances.Length < 4 || energies.Length != distances.Length || (forces is not null && forces.Length != distances.Length))
        {
            throw new ArgumentException(
                $"found {distances.Length} distances, {energies.Length} energies{(forces is null ? "" : $", {forces.Length} forces")}; expected equal numbers, at least 4");
        }
        for (var i = 0; i < distances.Length; i++)
        {
            if (!(distances[i] > (i == 0 ? 0 : distances[i - 1])))
            {
                throw new ArgumentException(FormattableString.Invariant($"distance number {i + 1} is {distances[i]}; expected rising values greater than 0"));
            }
        }
        x = distances;
        y = energies;
        slope = forces is null ? SplineSlopes() : Array.ConvertAll(forces, f => -f);
    }

    public double Value(double r)
    {
        var (i, t, h) = Find(r);
        var (a, b, c) = Cubic(i, h);
        return y[i] + t * (a + t * (b + t * c));
    }

    public double Derivative(double r)
    {
        var (i, t, h) = Find(r);
        var (a, b, c) = Cubic(i, h);
        return (a + t * (2 * b + 3 * t * c)) / h;
    }

    public double SecondDerivative(double r)
    {
        var (i, t, h) = Find(r);
        var (_, b, c) = Cubic(i, h);
        return (2 * b + 6 * t * c) / (h * h);
    }

    private (int Interval, double T, double Spacing) Find(double r)
    {
        var i = Array.BinarySearch(x, r);
        i = Math.Clamp(i < 0 ? ~i - 1 : i, 0, x.Length - 2);
        var h = x[i + 1] - x[i];
        return (i, (r - x[i]) / h, h);
    }

    private (double A, double B, double C) Cubic(int i, double h)
    {
        double d0 = h * slope[i], d1 = h * slope[i + 1], rise = y[i + 1] - y[i];
        return (d0, 3 * rise - 2 * d0 - d1, d0 + d1 - 2 * rise);
    }

    /// <summary>Thomas elimination of m_{i−1}/h_{i−1} + 2 m_i(1/h_{i−1} + 1/h_i) + m_{i+1}/h_i = 3(Δ_{i−1}/h_{i−1} + Δ_i/h_i), Δ the secant slopes.</summary>
    private double[] SplineSlopes()
    {
        var n = x.Length;
        var m = new double[n];
        var factor = new double[n];
        m[0] = EndSlope(0, 1);
        m[n - 1] = EndSlope(n - 1, -1);
        for (var i = 1; i < n - 1; i++)
        {
            double before = 1 / (x[i] - x[i - 1]), after = 1 / (x[i + 1] - x[i]);
            var right = 3 * ((y[i] - y[i - 1]) * before * before + (y[i + 1] - y[i]) * after * after);
            var pivot = 2 * (before + after) - before * factor[i - 1];
            factor[i] = after / pivot;
            m[i] = (right - before * m[i - 1]) / pivot;
        }
        for (var i = n - 2; i > 0; i--)
        {
            m[i] -= factor[i] * m[i + 1];
        }
        return m;
    }

    /// <summary>Slope at an end of the cubic through it and its three neighbours, by Newton's divided differences.</summary>
    private double EndSlope(int end, int step)
    {
        double X(int i) => x[end + step * i];
        double Y(int i) => y[end + step * i];
        double d01 = (Y(1) - Y(0)) / (X(1) - X(0)), d12 = (Y(2) - Y(1)) / (X(2) - X(1)), d23 = (Y(3) - Y(2)) / (X(3) - X(2));
        double d012 = (d12 - d01) / (X(2) - X(0)), d123 = (d23 - d12) / (X(3) - X(1));
        var d0123 = (d123 - d012) / (X(3) - X(0));
        return d01 + (X(0) - X(1)) * (d012 + (X(0) - X(2)) * d0123);
    }
}
