using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Learn.Training;

namespace Engine.Learn.Selection;

/// <summary>The two networks of a random network distillation.</summary>
internal sealed class Distillation : IDisposable
{
    private readonly RandomNetworkDistillation settings;
    private readonly SampleSet pool;
    private readonly Network predictor;
    private readonly Optimiser optimiser;
    private readonly ulong orderSeed;

    /// <summary>What the target gives for the pool, [N, D]; it never changes.</summary>
    private readonly Tensor wanted;

    public Distillation(RandomNetworkDistillation settings, SampleSet pool, ulong seed)
    {
        (this.settings, this.pool) = (settings, pool);
        // Two draws of one definition have to differ, and shuffling has the steps 0 and above.
        var seeds = new RandomSequence(seed, RandomStream.DataSelection, -1);
        var (targetSeed, predictorSeed) = (Next(ref seeds), Next(ref seeds));
        orderSeed = Next(ref seeds);
        var device = pool.Range(0, 1).Input.device;
        using var target = new Network(settings.Target, targetSeed, device);
        predictor = new(settings.Predictor ?? settings.Target, predictorSeed, device);
        optimiser = settings.Optimiser.Create(predictor);
        if (!predictor.OutputShape.SequenceEqual(target.OutputShape))
        {
            throw new InputException($"{settings.Label}: the predictor gives [{string.Join(", ", predictor.OutputShape)}], the target [{string.Join(", ", target.OutputShape)}]; expected the same");
        }
        wanted = Outputs(target);
    }

    /// <summary>How far the predictor is from the target, for each sample of the pool.</summary>
    public double[] Distances()
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        return settings.Metric.Compute(wanted, Outputs(predictor)).to_double();
    }

    /// <summary>Trains the predictor on the chosen samples.</summary>
    /// <param name="chosen">Their numbers.</param>
    /// <param name="round">Counter of the order of samples.</param>
    /// <param name="cancellation">Ends it.</param>
    public void Learn(IReadOnlyList<int> chosen, int round, CancellationToken cancellation)
    {
        int[] order = [.. chosen];
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            new RandomSequence(orderSeed, RandomStream.MiniBatches, (long)round * settings.Epochs + epoch).Shuffle<int>(order);
            var sum = 0.0;
            for (var start = 0; start < order.Length; start += settings.BatchSize)
            {
                var batch = order.AsSpan(start, Math.Min(settings.BatchSize, order.Length - start));
                sum += batch.Length * Step(batch);
            }
            if (sum / order.Length < settings.LossThreshold)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        optimiser.Dispose();
        predictor.Dispose();
    }

    private static ulong Next(ref RandomSequence seeds) => (ulong)(seeds.NextUniform() * (1L << 53));

    /// <returns>The loss before the step.</returns>
    private double Step(ReadOnlySpan<int> batch)
    {
        using var scope = new TensorScope();
        var loss = settings.Loss.Mean(predictor.Forward(pool.Take(batch)), wanted.index_select(0, SampleSet.IndexOf(batch, wanted.device)));
        var value = loss.item();
        var gradients = Autograd.grad([loss], [.. predictor.Parameters.Select(p => p.Value)], allowUnused: true);
        optimiser.Step(Optimiser.Clip(gradients, null, FormattableString.Invariant($"of the predictor of {settings.Label} at a loss of {value:G6}")));
        return value;
    }

    private Tensor Outputs(Network network)
    {
        using var main = Evaluation.Outputs(network, pool).Main;
        return main.reshape(pool.Count, -1);
    }
}
