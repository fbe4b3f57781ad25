using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>Chooses rows of a matrix of descriptors. Same rows, settings and seed, same choice, for any number of threads.</summary>
/// <param name="rows">Descriptors, one in each row.</param>
/// <param name="seed">Of choices at random.</param>
/// <param name="number">Tells one choice of a fit from the next.</param>
/// <param name="workers">The thread team.</param>
internal sealed class SparseSelection(Matrix<double> rows, ulong seed, long number, Workers workers)
{
    private const int RowsPerBlock = 256;

    /// <summary>Rows that differ by less than this in every component are the same.</summary>
    private const double SameWithin = 1e-10;

    private RandomSequence random = new(seed, RandomStream.SparsePoints, number);

    /// <summary>Indices of a random choice among many, ascending.</summary>
    public static int[] Thin(int total, int count, ulong seed, long number)
    {
        var random = new RandomSequence(seed, RandomStream.SparsePoints, number);
        return count >= total
            ? [.. Enumerable.Range(0, total)]
            : [.. Enumerable.Range(0, total).Select(i => (Key: random.NextUniform(), Index: i)).OrderBy(e => e.Key).Take(count).Select(e => e.Index).Order()];
    }

    /// <summary>Numbers that a choice holds for each row beside the row itself.</summary>
    /// <param name="method">How.</param>
    /// <param name="length">Numbers in a row.</param>
    /// <param name="count">How many are chosen.</param>
    public static int NumbersBeside(SparseMethod method, int length, int count) => method switch
    {
        SparseMethod.Cur => length / 2,
        SparseMethod.Covariance => count,
        _ => 0,
    };

    /// <summary>Chooses rows, duplicates left out.</summary>
    /// <param name="method">How.</param>
    /// <param name="count">How many; fewer where there are not as many different ones.</param>
    /// <param name="zeta">Power of the dot product, for <see cref="SparseMethod.Covariance"/>.</param>
    /// <returns>Indices, ascending.</returns>
    public int[] Choose(SparseMethod method, int count, double zeta)
    {
        var candidates = Distinct();
        if (candidates.Length <= count)
        {
            return candidates;
        }
        int[] chosen = method switch
        {
            SparseMethod.Random => Smallest([.. candidates.Select(_ => random.NextUniform())], count),
            SparseMethod.Cur => Leverage(candidates, count),
            SparseMethod.FarthestPoint => Farthest(candidates, count),
            SparseMethod.Covariance => WorstPredicted(candidates, count, zeta),
            SparseMethod.KMeans => NearestToCentres(candidates, count),
            SparseMethod.Uniform => Uniform(candidates, count),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
        };
        return [.. chosen.Select(k => candidates[k]).Order()];
    }

    /// <summary>Rows without those that equal an earlier one: equal rows have equal sums, so only neighbours in the order of sums are compared.</summary>
    private int[] Distinct()
    {
        var order = Enumerable.Range(0, rows.Rows).ToArray();
        var sums = new double[rows.Rows];
        workers.For(rows.Rows, RowsPerBlock, (start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                sums[i] = TensorPrimitives.SumOfMagnitudes<double>(rows.Row(i));
            }
        });
        Array.Sort((double[])sums.Clone(), order);
        var kept = new List<int>();
        foreach (var i in order)
        {
            var same = false;
            for (var k = kept.Count - 1; k >= 0 && !same && sums[i] - sums[kept[k]] < SameWithin; k--)
            {
                same = Equal(rows.Row(i), rows.Row(kept[k]));
            }
            if (!same)
            {
                kept.Add(i);
            }
        }
        kept.Sort();
        return [.. kept];
    }

    private static bool Equal(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        for (var k = 0; k < a.Length; k++)
        {
            if (Math.Abs(a[k] - b[k]) >= SameWithin)
            {
                return false;
            }
        }
        return true;
    }

    private static int[] Smallest(double[] keys, int count)
    {
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);
        return order[..count];
    }

    /// <summary>
    /// CUR: M. W. Mahoney, P. Drineas, PNAS 106, 697 (2009). The chance of a row is its leverage, the share of its square in the leading half of the singular directions.
    /// </summary>
    private int[] Leverage(int[] candidates, int count)
    {
        var length = rows.Columns;
        using var gram = new AlignedBuffer<double>(length * length);
        using var values = new AlignedBuffer<double>(length);
        using var algebra = LinearAlgebra.OfProcessor(workers);
        var (v, lambda) = (new Matrix<double>(gram, length, length), new Matrix<double>(values, 1, length));
        algebra.Gemm(1, rows.Transposed, rows, 0, v);
        algebra.SymmetricEigen(v, lambda, vectors: true);
        // Squares of singular values below this share of the largest are rounding.
        const double resolved = 1e-14;
        var directions = Math.Max(1, Enumerable.Range(0, length).Count(k => lambda[0, k] > resolved * lambda[0, length - 1]) / 2);
        using var scores = new AlignedBuffer<double>(rows.Rows * directions);
        var projected = new Matrix<double>(scores, rows.Rows, directions);
        algebra.Gemm(1, rows, v.Block(length - directions, 0, directions, length).Transposed, 0, projected);
        var keys = new double[candidates.Length];
        for (var k = 0; k < keys.Length; k++)
        {
            var leverage = 0.0;
            for (var m = 0; m < directions; m++)
            {
                var x = projected[candidates[k], m];
                leverage += x * x / lambda[0, length - directions + m];
            }
            keys[k] = random.NextUniform() - Math.Min(1, count * leverage / directions);
        }
        return Smallest(keys, count);
    }

    private int[] Farthest(int[] candidates, int count)
    {
        var distances = new double[candidates.Length];
        Array.Fill(distances, double.PositiveInfinity);
        var chosen = new int[count];
        var last = (int)(random.NextUniform() * (candidates.Length - 1));
        for (var m = 0; m < count; m++)
        {
            chosen[m] = last;
            var from = candidates[last];
            workers.For(candidates.Length, RowsPerBlock, (start, end) =>
            {
                for (var k = start; k < end; k++)
                {
                    distances[k] = Math.Min(distances[k], TensorPrimitives.Distance<double>(rows.Row(candidates[k]), rows.Row(from)));
                }
            });
            last = TensorPrimitives.IndexOfMax<double>(distances);
        }
        return chosen;
    }

    /// <summary>Pivoted Cholesky decomposition of the covariance of all candidates, of which a column is computed when it is chosen.</summary>
    private int[] WorstPredicted(int[] candidates, int count, double zeta)
    {
        var n = candidates.Length;
        using var buffer = new AlignedBuffer<double>(n * count);
        var factor = new Matrix<double>(buffer, n, count);
        var variance = candidates.Select(i => Math.Pow(TensorPrimitives.Dot<double>(rows.Row(i), rows.Row(i)), zeta)).ToArray();
        var (smallest, chosen) = (1e-14 * variance.Max(), new List<int>());
        while (chosen.Count < count)
        {
            var (pivot, m) = (TensorPrimitives.IndexOfMax<double>(variance), chosen.Count);
            if (!(variance[pivot] > smallest))
            {
                break;
            }
            var root = Math.Sqrt(variance[pivot]);
            workers.For(n, RowsPerBlock, (start, end) =>
            {
                for (var k = start; k < end; k++)
                {
                    var covariance = Math.Pow(TensorPrimitives.Dot<double>(rows.Row(candidates[k]), rows.Row(candidates[pivot])), zeta);
                    var l = (covariance - TensorPrimitives.Dot<double>(factor.Row(k)[..m], factor.Row(pivot)[..m])) / root;
                    factor[k, m] = l;
                    variance[k] -= l * l;
                }
            });
            variance[pivot] = 0;
            chosen.Add(pivot);
        }
        return [.. chosen];
    }

    /// <summary>Lloyd's algorithm from random rows.</summary>
    private int[] NearestToCentres(int[] candidates, int count)
    {
        const int mostRounds = 30;
        var length = rows.Columns;
        using var buffer = new AlignedBuffer<double>(count * length);
        var centres = new Matrix<double>(buffer, count, length);
        var start = Smallest([.. candidates.Select(_ => random.NextUniform())], count);
        for (var c = 0; c < count; c++)
        {
            rows.Row(candidates[start[c]]).CopyTo(centres.Row(c));
        }
        var (cluster, distance) = (new int[candidates.Length], new double[candidates.Length]);
        for (var round = 0; round < mostRounds; round++)
        {
            var before = (int[])cluster.Clone();
            Assign(candidates, centres, cluster, distance);
            if (round > 0 && before.AsSpan().SequenceEqual(cluster))
            {
                break;
            }
            Average(candidates, centres, cluster);
        }
        var nearest = Enumerable.Repeat(-1, count).ToArray();
        for (var k = 0; k < candidates.Length; k++)
        {
            ref var best = ref nearest[cluster[k]];
            best = best < 0 || distance[k] < distance[best] ? k : best;
        }
        // A centre that lost all its rows stands for the row that is farthest from its own.
        var taken = nearest.Where(k => k >= 0).ToHashSet();
        foreach (var k in Enumerable.Range(0, candidates.Length).OrderByDescending(k => distance[k]))
        {
            if (taken.Count == count)
            {
                break;
            }
            taken.Add(k);
        }
        return [.. taken];
    }

    private void Assign(int[] candidates, Matrix<double> centres, int[] cluster, double[] distance)
    {
        var norms = Enumerable.Range(0, centres.Rows).Select(c => TensorPrimitives.Dot<double>(centres.Row(c), centres.Row(c))).ToArray();
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        workers.For(candidates.Length, RowsPerBlock, (start, end) =>
        {
            using var gathered = new AlignedBuffer<double>(RowsPerBlock * rows.Columns);
            using var products = new AlignedBuffer<double>(RowsPerBlock * centres.Rows);
            var (x, dots) = (new Matrix<double>(gathered, end - start, rows.Columns), new Matrix<double>(products, end - start, centres.Rows));
            for (var k = start; k < end; k++)
            {
                rows.Row(candidates[k]).CopyTo(x.Row(k - start));
            }
            algebra.Gemm(1, x, centres.Transposed, 0, dots);
            for (var k = start; k < end; k++)
            {
                var (best, least) = (0, double.PositiveInfinity);
                for (var c = 0; c < centres.Rows; c++)
                {
                    var d = norms[c] - 2 * dots[k - start, c];
                    (best, least) = d < least ? (c, d) : (best, least);
                }
                (cluster[k], distance[k]) = (best, least + TensorPrimitives.Dot<double>(x.Row(k - start), x.Row(k - start)));
            }
        });
    }

    /// <summary>Means of clusters; one that lost all its rows stays where it is.</summary>
    private void Average(int[] candidates, Matrix<double> centres, int[] cluster)
    {
        var members = cluster.CountBy(c => c).ToDictionary();
        foreach (var c in members.Keys)
        {
            centres.Row(c).Clear();
        }
        for (var k = 0; k < candidates.Length; k++)
        {
            var centre = centres.Row(cluster[k]);
            TensorPrimitives.MultiplyAdd(rows.Row(candidates[k]), 1.0 / members[cluster[k]], centre, centre);
        }
    }

    /// <summary>The first candidate in each of equal parts of the range; rows are one number.</summary>
    private int[] Uniform(int[] candidates, int count)
    {
        var (low, high) = (candidates.Min(i => rows[i, 0]), candidates.Max(i => rows[i, 0]));
        var first = new SortedDictionary<int, int>();
        for (var k = 0; k < candidates.Length; k++)
        {
            first.TryAdd(Math.Min((int)((rows[candidates[k], 0] - low) / (high - low) * count), count - 1), k);
        }
        return [.. first.Values];
    }
}
