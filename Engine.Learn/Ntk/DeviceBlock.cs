using System.Numerics;
using Engine.Kernels.Devices;
using Engine.Kernels.Ntk;

namespace Engine.Learn.Ntk;

/// <summary>The factors of consecutive samples on a device: all tiles of a block, one after the other.</summary>
internal sealed class DeviceBlock<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly List<IDisposable> owned = [];

    /// <param name="device">Where.</param>
    /// <param name="source">What the factors are of; asked for one tile after another.</param>
    /// <param name="grid">Tiles and blocks.</param>
    /// <param name="block">Which.</param>
    /// <param name="reduction">What becomes of outputs.</param>
    /// <exception cref="Kernels.Errors.RunFailedException">A factor is not finite.</exception>
    public DeviceBlock(Device device, IFactorSource<T> source, TileGrid grid, int block, OutputReduction reduction)
    {
        var (first, end) = grid.Block(block);
        (Start, Count, Tiles) = (grid.Tile(first).Start, grid.Tile(end - 1).End - grid.Tile(first).Start, end - first);
        var layers = new List<DeviceLayer<T>>();
        try
        {
            using var arrangement = new DeviceArrangement<T>(device, DeviceLayer<T>.Matrices * source.Layers.Count);
            for (var tile = first; tile < end; tile++)
            {
                var (from, after) = grid.Tile(tile);
                using var batch = source.Factors(from, after, device);
                for (var l = 0; l < batch.Layers.Count; l++)
                {
                    if (tile == first)
                    {
                        layers.Add(Own(new DeviceLayer<T>(device, l, batch.Layers[l], l > 0 ? batch.Layers[l - 1] : null, reduction, (double)Count / (after - from))));
                    }
                    layers[l].Add(batch.Layers[l], batch.First, after - from, arrangement);
                }
                // This waits, too: when it has returned, the batch may be freed.
                var bad = arrangement.FirstBadRows();
                layers.ForEach(layer => layer.RequireFinite(bad, batch.First));
            }
            Each = Own(new DevicePositions(device, [.. Enumerable.Range(0, Count + 1)]));
            Sources = [.. layers.Select(layer => layer.Source)];
            Layers = new DeviceFactors<T>[layers.Count];
            for (var l = 0; l < Layers.Length; l++)
            {
                var positions = layers[l].HasOneRowEach ? Each
                    : l > 0 && layers[l].Offsets.SequenceEqual(layers[l - 1].Offsets) ? Layers[l - 1].Positions
                    : Own(new DevicePositions(device, [.. layers[l].Offsets]));
                Layers[l] = layers[l].Factors(positions, l > 0 ? Layers[l - 1] : null);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The first sample.</summary>
    public int Start { get; }

    public int Count { get; }

    public int Tiles { get; }

    /// <summary>One position for each sample.</summary>
    public DevicePositions Each { get; }

    public DeviceFactors<T>[] Layers { get; }

    /// <summary>For names, rules and scales of the layers; their memory is gone.</summary>
    public LayerFactors<T>[] Sources { get; }

    public void Dispose() => owned.ForEach(o => o.Dispose());

    private TResource Own<TResource>(TResource resource)
        where TResource : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
