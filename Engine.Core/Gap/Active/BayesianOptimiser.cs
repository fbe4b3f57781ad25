using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Active;

/// <summary>
/// Seeks the smallest value of an expensive function on the unit cube: a Gaussian process (Matérn 5/2) through what is known, and next the point of the greatest expected
/// improvement, averaged over hyper-parameters that are drawn by slice sampling from their posterior. J. Snoek, H. Larochelle, R. P. Adams, NIPS 2012.
/// </summary>
/// <param name="dimensions">Of the cube.</param>
/// <param name="seed">Of everything at random.</param>
public sealed class BayesianOptimiser(int dimensions, ulong seed)
{
    private const int Candidates = 512;
    private const int Draws = 8;
    private const int SlicesPerDraw = 3;

    private readonly List<double[]> points = [];
    private readonly List<double> values = [];
    private RandomSequence random = new(seed, RandomStream.ActiveLearning, -1);

    /// <summary>What is known so far.</summary>
    public IReadOnlyList<double[]> Points => points;

    public IReadOnlyList<double> Values => values;

    /// <summary>Makes a value known.</summary>
    public void Tell(double[] point, double value)
    {
        points.Add((double[])point.Clone());
        values.Add(value);
    }

    /// <summary>A point at random, for the first design.</summary>
    public double[] Random() => [.. Enumerable.Range(0, dimensions).Select(_ => random.NextUniform())];

    /// <summary>Where to look next.</summary>
    public double[] Suggest()
    {
        if (points.Count < 2)
        {
            return Random();
        }
        var y = Standardised();
        var candidates = Enumerable.Range(0, Candidates).Select(k => k % 4 == 0 ? Near(points[BestIndex()]) : Random()).ToArray();
        var improvement = new double[Candidates];
        var theta = new double[dimensions + 2];
        for (var draw = 0; draw < Draws; draw++)
        {
            for (var slice = 0; slice < SlicesPerDraw * theta.Length; slice++)
            {
                Slice(theta, slice % theta.Length, y);
            }
            using var posterior = new Posterior(points, y, theta);
            for (var k = 0; k < Candidates; k++)
            {
                improvement[k] += posterior.ExpectedImprovement(candidates[k], y.Min());
            }
        }
        return candidates[Array.IndexOf(improvement, improvement.Max())];
    }

    private int BestIndex() => values.IndexOf(values.Min());

    private double[] Near(double[] point)
    {
        var near = new double[dimensions];
        for (var d = 0; d < dimensions; d++)
        {
            near[d] = Math.Clamp(point[d] + 0.1 * random.NextNormal(), 0, 1);
        }
        return near;
    }

    /// <summary>Values of mean 0 and spread 1; of errors the logarithms, so that a bad one does not flatten the others.</summary>
    private double[] Standardised()
    {
        double[] y = values.TrueForAll(v => v > 0) ? [.. values.Select(v => Math.Log(v))] : [.. values];
        var mean = y.Average();
        var spread = Math.Sqrt(y.Average(v => (v - mean) * (v - mean)));
        return Array.ConvertAll(y, v => (v - mean) / (spread > 0 ? spread : 1));
    }

    /// <summary>One step of slice sampling along one logarithm of the hyper-parameters (R. M. Neal, Ann. Stat. 31, 705 (2003)).</summary>
    private void Slice(double[] theta, int k, double[] y)
    {
        var before = theta[k];
        var level = LogPosterior(theta, y) + Math.Log(random.NextUniform());
        var low = before - random.NextUniform();
        var high = low + 1;
        for (var step = 0; step < 4 && At(low) > level; step++)
        {
            low--;
        }
        for (var step = 0; step < 4 && At(high) > level; step++)
        {
            high++;
        }
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var x = low + (high - low) * random.NextUniform();
            if (At(x) > level)
            {
                theta[k] = x;
                return;
            }
            (low, high) = x < before ? (x, high) : (low, x);
        }
        theta[k] = before;

        double At(double x)
        {
            theta[k] = x;
            return LogPosterior(theta, y);
        }
    }

    private double LogPosterior(double[] theta, double[] y)
    {
        // Lengths of a third of the cube, noise of a tenth of the spread, amplitude one: each within a factor of e or so.
        var prior = 0.0;
        for (var k = 0; k < theta.Length; k++)
        {
            prior -= 0.5 * theta[k] * theta[k];
        }
        using var posterior = new Posterior(points, y, theta);
        return prior + posterior.LogLikelihood;
    }

    private sealed class Posterior : IDisposable
    {
        private readonly IReadOnlyList<double[]> points;
        private readonly double[] lengths;
        private readonly double amplitude;
        private readonly AlignedBuffer<double> factor;
        private readonly AlignedBuffer<double> solved;
        private readonly LinearAlgebra algebra = LinearAlgebra.OfProcessor(Workers.Single);

        public Posterior(IReadOnlyList<double[]> points, double[] y, double[] theta)
        {
            this.points = points;
            lengths = Array.ConvertAll(theta[..^2], t => 0.33 * Math.Exp(t));
            amplitude = Math.Exp(theta[^2]);
            var noise = 0.01 * Math.Exp(2 * theta[^1]);
            var n = points.Count;
            factor = new(n * n);
            solved = new(n);
            var k = new Matrix<double>(factor, n, n);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    k[i, j] = Covariance(points[i], points[j]) + (i == j ? noise + 1e-8 : 0);
                }
            }
            algebra.Cholesky(k);
            y.CopyTo(solved.Span);
            algebra.SolveTriangular(k, lower: true, new(solved, n, 1));
            var likelihood = 0.0;
            for (var i = 0; i < n; i++)
            {
                likelihood -= 0.5 * solved[i] * solved[i] + Math.Log(k[i, i]);
            }
            LogLikelihood = likelihood;
        }

        public double LogLikelihood { get; }

        public double ExpectedImprovement(double[] x, double best)
        {
            var n = points.Count;
            using var buffer = new AlignedBuffer<double>(n);
            for (var i = 0; i < n; i++)
            {
                buffer[i] = Covariance(points[i], x);
            }
            algebra.SolveTriangular(new(factor, n, n), lower: true, new(buffer, n, 1));
            var (mean, variance) = (0.0, amplitude);
            for (var i = 0; i < n; i++)
            {
                mean += buffer[i] * solved[i];
                variance -= buffer[i] * buffer[i];
            }
            var deviation = Math.Sqrt(Math.Max(variance, 1e-12));
            var z = (best - mean) / deviation;
            return (best - mean) * 0.5 * Kernels.Numerics.SpecialFunctions.Erfc(-z / Math.Sqrt(2)) + deviation * Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);
        }

        public void Dispose()
        {
            factor.Dispose();
            solved.Dispose();
            algebra.Dispose();
        }

        private double Covariance(double[] a, double[] b)
        {
            var square = 0.0;
            for (var d = 0; d < a.Length; d++)
            {
                var u = (a[d] - b[d]) / lengths[d];
                square += u * u;
            }
            var r = Math.Sqrt(5 * square);
            return amplitude * (1 + r + r * r / 3) * Math.Exp(-r);
        }
    }
}
