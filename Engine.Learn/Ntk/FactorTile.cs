using System.Numerics;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>Prepared factors of consecutive samples: the unit of work, of a size that depends on the network only.</summary>
internal sealed class FactorTile<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int SamplesPerTask = 32;

    private readonly FactorBatch<T> batch;

    private FactorTile(int start, int count, PreparedLayer<T>[] layers, FactorBatch<T> batch)
    {
        (Start, Count, Layers, this.batch) = (start, count, layers, batch);
    }

    /// <summary>The first sample.</summary>
    public int Start { get; }

    public int Count { get; }

    public PreparedLayer<T>[] Layers { get; }

    /// <param name="source">Where factors come from.</param>
    /// <param name="start">The first sample.</param>
    /// <param name="end">After the last.</param>
    /// <param name="reduction">What becomes of outputs.</param>
    /// <param name="formed">The layers whose gradients are formed; null: none.</param>
    /// <param name="workers">The thread team.</param>
    public static FactorTile<T> Load(IFactorSource<T> source, int start, int end, OutputReduction reduction, bool[]? formed, Workers workers)
    {
        var batch = source.Factors(start, end);
        var layers = new PreparedLayer<T>[batch.Layers.Count];
        try
        {
            Fill(layers, batch, end - start, reduction, formed, workers);
            batch.Keep([.. Enumerable.Range(0, layers.Length).Where(l => layers[l].IsInPlace)]);
            return new(start, end - start, layers, batch);
        }
        catch
        {
            Array.ForEach(layers, layer => layer?.Dispose());
            batch.Dispose();
            throw;
        }
    }

    private static void Fill(PreparedLayer<T>[] layers, FactorBatch<T> batch, int count, OutputReduction reduction, bool[]? formed, Workers workers)
    {
        for (var l = 0; l < layers.Length; l++)
        {
            var factors = batch.Layers[l];
            var shared = l > 0 && factors.HasInputsOf(batch.Layers[l - 1]) ? layers[l - 1].Inputs : null;
            layers[l] = new(factors, batch.First, count, reduction, shared, formed?[l] == true);
        }
        var parts = (count + SamplesPerTask - 1) / SamplesPerTask;
        workers.Run(layers.Length * parts, task =>
        {
            var (l, part) = Math.DivRem(task, parts);
            layers[l].Fill(part * SamplesPerTask, Math.Min(count, (part + 1) * SamplesPerTask));
        });
    }

    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer.Dispose();
        }
        batch.Dispose();
    }
}
