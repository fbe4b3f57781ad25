using Engine.Core.Analysis;
using Engine.Kernels.Algebra;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Learn.Spectra;

/// <summary>
/// Entropy and trace of subsets of a kernel's rows. The entropy of n rows is at most ln n and below that of all rows; here it is measured at three n and carried to all N rows along
/// S(n) = S(∞) − c/n^α with 0 &lt; α ≤ 1, which goes through all three: α is 1 where few eigenvalues hold all, and small where the spectrum has a long tail. The trace per row has no such bias.
/// </summary>
/// <param name="Points">What was measured, at rising n.</param>
/// <param name="Entropy">S carried to N rows [nats].</param>
/// <param name="StandardError">Of it, from the spread over subsets; how far another law would lead elsewhere is not in it [nats].</param>
public sealed record SubsampledSpectrum(IReadOnlyList<SubsampledSpectrum.Point> Points, double Entropy, double StandardError)
{
    /// <summary>With it the curve is a logarithm, to a part in a thousand.</summary>
    private const double SmallestPower = 1e-3;

    private const int Halvings = 40;

    /// <summary>Measures subsets of n, n/2 and n/4 rows, drawn without repetition.</summary>
    /// <param name="kernel">All rows, [N, N].</param>
    /// <param name="size">n, at least 8 and at most N.</param>
    /// <param name="repeats">Subsets of each size, at least 2.</param>
    /// <param name="seed">Of the choice.</param>
    /// <param name="workers">The thread team.</param>
    public static SubsampledSpectrum Of(Matrix<double> kernel, int size, int repeats, ulong seed, Workers workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, kernel.Rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 2);
        Point[] points = [.. new[] { size / 4, size / 2, size }.Select(n => Measure(kernel, n, repeats, seed, workers))];
        var (sizes, entropies) = (Array.ConvertAll(points, p => (double)p.Size), Array.ConvertAll(points, p => p.Entropy));
        // What each of the three moves the result by, independent of each other.
        var square = 0.0;
        for (var k = 0; k < points.Length; k++)
        {
            double Moved(double by) => Carried(sizes, [.. entropies.Select((s, j) => j == k ? s + by : s)], kernel.Rows);
            var change = 0.5 * (Moved(points[k].EntropyError) - Moved(-points[k].EntropyError));
            square += change * change;
        }
        return new(points, Carried(sizes, entropies, kernel.Rows), Math.Sqrt(square));
    }

    /// <summary>S at <paramref name="rows"/> on the curve through three points, where it does not bend as such a curve does along that which bends most or least; at most ln N.</summary>
    internal static double Carried(double[] sizes, double[] entropies, int rows)
    {
        var (first, second) = (entropies[1] - entropies[0], entropies[2] - entropies[1]);
        double Fall(double from, double to, double alpha) => Math.Pow(from, -alpha) - Math.Pow(to, -alpha);
        // The larger α, the smaller the second step over the first.
        var (low, high) = (SmallestPower, 1.0);
        for (var k = 0; k < Halvings; k++)
        {
            var alpha = 0.5 * (low + high);
            (low, high) = second * Fall(sizes[0], sizes[1], alpha) < first * Fall(sizes[1], sizes[2], alpha) ? (alpha, high) : (low, alpha);
        }
        return Math.Min(Math.Log(rows), entropies[2] + second * Fall(sizes[2], rows, low) / Fall(sizes[1], sizes[2], low));
    }

    private static Point Measure(Matrix<double> kernel, int n, int repeats, ulong seed, Workers workers)
    {
        var (entropies, traces) = (new double[repeats], new double[repeats]);
        workers.Run(repeats, r =>
        {
            var random = new RandomSequence(seed, RandomStream.DataSelection, ((long)n << 32) + r);
            var keys = Enumerable.Range(0, kernel.Rows).Select(_ => random.NextUniform()).ToArray();
            var rows = Enumerable.Range(0, kernel.Rows).ToArray();
            Array.Sort(keys, rows);
            using var block = new MatrixBuffer<double>(n, n);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    block.Matrix[i, j] = kernel[rows[i], rows[j]];
                }
            }
            using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
            traces[r] = KernelMeasures.Trace(block.Matrix) / n;
            entropies[r] = KernelSpectrum.Overwriting(block.Matrix, algebra).Entropy;
        });
        return new(n, entropies.Average(), BlockAverage.StandardError(entropies)!.Value, traces.Average(), BlockAverage.StandardError(traces)!.Value);
    }

    /// <summary>Means over subsets of one size, with their standard errors.</summary>
    /// <param name="Size">n.</param>
    /// <param name="Entropy">S [nats], biased low.</param>
    /// <param name="EntropyError">Of it.</param>
    /// <param name="MeanTrace">tr/n.</param>
    /// <param name="MeanTraceError">Of it.</param>
    public sealed record Point(int Size, double Entropy, double EntropyError, double MeanTrace, double MeanTraceError);
}
