using Engine.Kernels.Random;

namespace Engine.Core.Gap.Active;

/// <summary>
/// Which frames of clusters are trained on and which are tested, from coarse to fine: the scheme of G. Sivaraman et al., npj Comput. Mater. 6, 104 (2020), with the test frames of
/// width 2 moved off the training frames.
/// </summary>
public static class ClusterSampling
{
    /// <summary>Sampling widths, from coarse to fine.</summary>
    /// <param name="smallest">Frames of the smallest cluster.</param>
    /// <param name="largest">Frames of the largest.</param>
    public static int[] Widths(int smallest, int largest)
    {
        var half = Math.Max(1, smallest / 2);
        return largest switch
        {
            <= 50 => [.. Multiples(half, largest / half)],
            <= 200 => [.. Multiples((int)(smallest / 2.0 * (smallest / 2.0)), largest / Math.Max(1, (int)(smallest / 2.0 * (smallest / 2.0)))), .. Multiples(half, half - 1)],
            _ => [.. Multiples(smallest * smallest, largest / (smallest * smallest)), .. Multiples(half, smallest)],
        };
    }

    /// <summary>Frames to train on and to test.</summary>
    /// <param name="clusters">Frames of each cluster in the order of time.</param>
    /// <param name="width">Sampling width.</param>
    /// <param name="seed">Of choices at random.</param>
    public static (int[] Train, int[] Test) Sample(IReadOnlyList<int[]> clusters, int width, ulong seed)
    {
        List<int> train = [], test = [];
        for (var c = 0; c < clusters.Count; c++)
        {
            var frames = clusters[c];
            if (width == 1 || frames.Length <= width)
            {
                var random = new RandomSequence(seed, RandomStream.ActiveLearning, (long)width * clusters.Count + c);
                int[] order = [.. frames.Select(f => (Key: random.NextUniform(), Frame: f)).OrderBy(e => e.Key).Select(e => e.Frame)];
                train.Add(order[0]);
                test.AddRange(order.Skip(1).Take(width == 1 ? 4 : 1));
                continue;
            }
            train.AddRange(frames.Where((_, k) => k % width == 0));
            // Two frames behind, but never on a training frame.
            var shift = width == 2 ? 1 : 2;
            test.AddRange(frames.Where((_, k) => k % width == shift));
        }
        return ([.. train.Order()], [.. test.Order()]);
    }

    private static IEnumerable<int> Multiples(int step, int count) => Enumerable.Range(0, Math.Max(0, count)).Select(k => step * (count - k)).Where(w => w > 0);
}
