using System.Numerics;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>Factors of consecutive samples: the unit of work, of a size that depends on the network only.</summary>
internal sealed class FactorTile<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int SamplesPerTask = 32;

    private readonly FactorBatch<T> batch;

    private FactorTile(int start, int count, FactorBatch<T> batch, PreparedLayer<T>[] layers)
    {
        (Start, Count, this.batch, Layers) = (start, count, batch, layers);
    }

    /// <summary>The first sample.</summary>
    public int Start { get; }

    public int Count { get; }

    public PreparedLayer<T>[] Layers { get; }

    public static FactorTile<T> Load(IFactorSource<T> source, int start, int end, OutputReduction reduction, Workers workers)
    {
        var batch = source.Factors(start, end);
        var tile = new FactorTile<T>(start, end - start, batch, new PreparedLayer<T>[batch.Layers.Count]);
        try
        {
            for (var l = 0; l < tile.Layers.Length; l++)
            {
                tile.Layers[l] = new(batch.Layers[l], batch.First, tile.Count, reduction, l == 0 ? null : batch.Layers[l - 1]);
            }
            var parts = (tile.Count + SamplesPerTask - 1) / SamplesPerTask;
            workers.Run(tile.Layers.Length * parts, task =>
            {
                var (l, part) = Math.DivRem(task, parts);
                tile.Layers[l].Prepare(part * SamplesPerTask, Math.Min(tile.Count, (part + 1) * SamplesPerTask));
            });
            return tile;
        }
        catch
        {
            tile.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer?.Dispose();
        }
        batch.Dispose();
    }
}
