using Engine.Kernels.Memory;

namespace Engine.Kernels.Numerics;

/// <summary>
/// Several smooth functions of one variable, tabulated side by side: polynomials of degree 7 between equidistant points, through the Chebyshev points of each interval.
/// Intervals of a tenth of the functions' length scale leave an error of 1e-14 of their largest value. The derivative is that of the polynomials, so that what follows from it
/// belongs to the tabulated value to the last bit.
/// </summary>
public sealed unsafe class PolynomialRows : IDisposable
{
    /// <summary>Coefficients of each polynomial.</summary>
    public const int Terms = 8;

    private static readonly double[,] Powers = ChebyshevPowers();

    private readonly AlignedBuffer<double> coefficients;
    private readonly double middle;
    private readonly double end;
    private readonly int firstIntervals;
    private readonly double firstPerLength;
    private readonly double secondPerLength;

    /// <param name="middle">Where higher derivatives jump: a point of the table. 0 or <paramref name="end"/> for none.</param>
    /// <param name="end">End of the table, which starts at 0.</param>
    /// <param name="width">Largest width of an interval.</param>
    /// <param name="rows">Functions; kept in rows of a multiple of 8, the rest 0.</param>
    /// <param name="evaluate">Their values at a point.</param>
    public PolynomialRows(double middle, double end, double width, int rows, Action<double, Span<double>> evaluate)
    {
        (this.middle, this.end) = (Math.Clamp(middle, 0, end), end);
        Stride = (rows + 7) / 8 * 8;
        firstIntervals = (int)Math.Ceiling(this.middle / width);
        var secondIntervals = (int)Math.Ceiling((end - this.middle) / width);
        firstPerLength = firstIntervals / Math.Max(this.middle, double.Epsilon);
        secondPerLength = secondIntervals / Math.Max(end - this.middle, double.Epsilon);
        Intervals = firstIntervals + secondIntervals;
        coefficients = new(Intervals * Terms * Stride);
        Fill(rows, evaluate);
    }

    /// <summary>Doubles from one power of an interval's polynomials to the next.</summary>
    public int Stride { get; }

    public int Intervals { get; }

    /// <summary>Coefficients [interval · Terms + power][row], powers from 0.</summary>
    public double* Coefficients => coefficients.Pointer;

    /// <summary>What <see cref="Locate"/> knows: the point in the middle, the end, intervals before the middle, all intervals, intervals per length before and behind it.</summary>
    internal double[] Scale => [middle, end, firstIntervals, Intervals, firstPerLength, secondPerLength];

    public long Bytes => sizeof(double) * (long)coefficients.Capacity;

    /// <summary>The interval of a point in [0, end), its place in it (−1 … 1), and how fast that changes.</summary>
    public (int Interval, double Place, double Slope) Locate(double x)
    {
        var first = x < middle;
        var perLength = first ? firstPerLength : secondPerLength;
        var scaled = (first ? x : x - middle) * perLength;
        // Rounding may put a point just below an end into the interval behind it.
        var interval = Math.Min((int)scaled, (first ? firstIntervals : Intervals - firstIntervals) - 1);
        return ((first ? 0 : firstIntervals) + interval, 2 * (scaled - interval) - 1, 2 * perLength);
    }

    /// <summary>Value and derivative of one function; 0 from the end on.</summary>
    public (double Value, double Derivative) At(double x, int row)
    {
        if (!(x < end))
        {
            return (0, 0);
        }
        var (interval, t, slope) = Locate(x);
        var c = Coefficients + (long)interval * Terms * Stride + row;
        double p = c[(Terms - 1) * Stride], d = 0;
        for (var k = Terms - 2; k >= 0; k--)
        {
            d = Math.FusedMultiplyAdd(d, t, p);
            p = Math.FusedMultiplyAdd(p, t, c[k * Stride]);
        }
        return (p, d * slope);
    }

    public void Dispose() => coefficients.Dispose();

    private void Fill(int rows, Action<double, Span<double>> evaluate)
    {
        var samples = new double[Terms, rows];
        var row = new double[rows];
        for (var i = 0; i < Intervals; i++)
        {
            var (start, length) = i < firstIntervals ? (i / firstPerLength, 1 / firstPerLength) : (middle + (i - firstIntervals) / secondPerLength, 1 / secondPerLength);
            for (var s = 0; s < Terms; s++)
            {
                evaluate(start + 0.5 * length * (1 + ChebyshevPoint(s)), row);
                for (var k = 0; k < rows; k++)
                {
                    samples[s, k] = row[k];
                }
            }
            for (var p = 0; p < Terms; p++)
            {
                for (var k = 0; k < rows; k++)
                {
                    var sum = 0.0;
                    for (var s = 0; s < Terms; s++)
                    {
                        sum += Powers[p, s] * samples[s, k];
                    }
                    Coefficients[((long)i * Terms + p) * Stride + k] = sum;
                }
            }
        }
    }

    /// <summary>Coefficients of the polynomial through the Chebyshev points of an interval, in the place −1 … 1 within it.</summary>
    internal static double[] Through(double start, double end, Func<double, double> evaluate)
    {
        var result = new double[Terms];
        for (var s = 0; s < Terms; s++)
        {
            var value = evaluate(start + 0.5 * (end - start) * (1 + ChebyshevPoint(s)));
            for (var p = 0; p < Terms; p++)
            {
                result[p] += Powers[p, s] * value;
            }
        }
        return result;
    }

    private static double ChebyshevPoint(int s) => Math.Cos(Math.PI * (s + 0.5) / Terms);

    /// <summary>What each sample at a Chebyshev point contributes to each power: Σ_j (2 − δ_j0)/n T_j(t_s) × coefficient of t^p in T_j.</summary>
    private static double[,] ChebyshevPowers()
    {
        var polynomials = new double[Terms, Terms];
        polynomials[0, 0] = 1;
        polynomials[1, 1] = 1;
        for (var j = 2; j < Terms; j++)
        {
            for (var p = 0; p < Terms; p++)
            {
                polynomials[j, p] = (p > 0 ? 2 * polynomials[j - 1, p - 1] : 0) - polynomials[j - 2, p];
            }
        }
        var result = new double[Terms, Terms];
        for (var p = 0; p < Terms; p++)
        {
            for (var s = 0; s < Terms; s++)
            {
                for (var j = 0; j < Terms; j++)
                {
                    result[p, s] += (j == 0 ? 1.0 : 2.0) / Terms * Math.Cos(Math.PI * j * (s + 0.5) / Terms) * polynomials[j, p];
                }
            }
        }
        return result;
    }
}
