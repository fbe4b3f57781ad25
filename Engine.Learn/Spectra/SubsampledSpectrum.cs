using Engine.Core.Analysis;
using Engine.Kernels.Algebra;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Learn.Spectra;

/// <summary>
/// Entropy and trace of subsets of a kernel's rows. The entropy of n rows is at most ln n and below that of all rows; here it is measured at several n and carried to all N rows along
/// S(n) = S(∞) + c/n. The trace per row has no such bias.
/// </summary>
/// <param name="Points">What was measured, at rising n.</param>
/// <param name="Entropy">S carried to N rows [nats].</param>
/// <param name="StandardError">Of it, from the spread over subsets; what the line in 1/n leaves out is not in it [nats].</param>
public sealed record SubsampledSpectrum(IReadOnlyList<SubsampledSpectrum.Point> Points, double Entropy, double StandardError)
{
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
        // A weighted line through (1/n, S).
        var weights = points.Select(p => 1 / Math.Max(p.EntropyError * p.EntropyError, 1e-24)).ToArray();
        var (w, x, xx, y, xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var k = 0; k < points.Length; k++)
        {
            var u = 1.0 / points[k].Size;
            (w, x, xx) = (w + weights[k], x + weights[k] * u, xx + weights[k] * u * u);
            (y, xy) = (y + weights[k] * points[k].Entropy, xy + weights[k] * u * points[k].Entropy);
        }
        var determinant = w * xx - x * x;
        var slope = (w * xy - x * y) / determinant;
        var at = 1.0 / kernel.Rows;
        return new(points, (y - slope * x) / w + slope * at, Math.Sqrt((xx - 2 * at * x + at * at * w) / determinant));
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
