using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Learn.Training.Losses;

namespace Engine.Learn.Training;

/// <summary>A network, as it is after training, beside what it should give.</summary>
internal static class Evaluation
{
    /// <summary>Samples that are evaluated together.</summary>
    private const int BatchSize = 256;

    /// <summary>All samples in ranges.</summary>
    public static IEnumerable<int[]> Batches(int samples)
    {
        for (var start = 0; start < samples; start += BatchSize)
        {
            yield return [.. Enumerable.Range(start, Math.Min(BatchSize, samples - start))];
        }
    }

    /// <summary>A loss or distance for each sample.</summary>
    public static double[] Distances(Network network, SampleSet samples, Loss metric)
    {
        using var none = Autograd.no_grad();
        var values = new List<double>(samples.Count);
        foreach (var batch in Batches(samples.Count))
        {
            using var scope = new TensorScope();
            values.AddRange(metric.PerSample(network.Forward(samples.Take(batch)), samples.TargetsOf(batch)).to_double());
        }
        return [.. values];
    }

    /// <summary>All outputs of all samples, which belong to the caller.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> between two batches.</exception>
    public static NetworkOutputs Outputs(Network network, SampleSet samples, CancellationToken cancellation = default)
    {
        using var none = Autograd.no_grad();
        var parts = new List<NetworkOutputs>();
        try
        {
            foreach (var batch in Batches(samples.Count))
            {
                cancellation.ThrowIfCancellationRequested();
                // What is between input and output goes with its batch.
                using var passing = new TensorScope();
                var given = network.Forward(samples.Take(batch));
                parts.Add(new(TensorScope.Release(given.Main), given.Names.Where(n => n != Network.MainOutput).Select(n => KeyValuePair.Create(n, TensorScope.Release(given[n])))));
            }
            using var scope = new TensorScope();
            Tensor Whole(string name) => TensorScope.Release(torch.cat([.. parts.Select(p => p[name])]));
            return new(Whole(Network.MainOutput), parts[0].Names.Where(n => n != Network.MainOutput).Select(n => KeyValuePair.Create(n, Whole(n))));
        }
        finally
        {
            foreach (var part in parts)
            {
                foreach (var name in part.Names)
                {
                    part[name].Dispose();
                }
            }
        }
    }
}
