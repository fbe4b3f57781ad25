using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Ntk;

namespace Engine.Learn.Ntk;

/// <summary>The factors of consecutive samples on a device: all tiles of a block, one after the other.</summary>
internal sealed class DeviceBlock<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Device device;
    private readonly List<IDisposable> owned = [];

    /// <param name="device">Where.</param>
    /// <param name="block">The same on the host; not needed afterwards.</param>
    public DeviceBlock(Device device, TileBlock<T> block)
    {
        this.device = device;
        (Start, Count, Tiles) = (block.Tiles[0].Start, block.Tiles.Sum(t => t.Count), block.Tiles.Length);
        try
        {
            Each = Own(new DevicePositions(device, [.. Enumerable.Range(0, Count + 1)]));
            Prepared = block.Tiles[0].Layers;
            Layers = new DeviceFactors<T>[Prepared.Length];
            for (var l = 0; l < Layers.Length; l++)
            {
                Layers[l] = Copy([.. block.Tiles.Select(t => t.Layers[l])], l == 0 ? null : Layers[l - 1]);
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

    /// <summary>For rules, scales and sizes of the layers; their factors are gone.</summary>
    public PreparedLayer<T>[] Prepared { get; }

    public void Dispose() => owned.ForEach(o => o.Dispose());

    /// <param name="tiles">The layer in each tile.</param>
    /// <param name="before">The layer before, which may have the same inputs.</param>
    private DeviceFactors<T> Copy(PreparedLayer<T>[] tiles, DeviceFactors<T>? before)
    {
        var first = tiles[0];
        var (inputs, positions) = (before?.Inputs, before?.Positions);
        if (inputs is null || first.Rule != LayerRule.Product || tiles.Any(t => t.OwnsInputs))
        {
            inputs = first.Rule == LayerRule.Product ? Upload([.. tiles.Select(t => t.Inputs!.Values)]) : null;
            positions = tiles.All(t => t.IsSinglePosition) ? Each : Own(new DevicePositions(device, Offsets(tiles)));
        }
        return new(
            positions!, inputs, first.Inputs?.Values.Columns ?? 0, Upload([.. tiles.Select(t => t.Gradients)]), first.Outputs, first.Width,
            first.Rule == LayerRule.Table ? Own(device.Allocate<int>([.. tiles.SelectMany(t => t.Tokens)])) : null);
    }

    private static int[] Offsets(PreparedLayer<T>[] tiles)
    {
        var offsets = new List<int> { 0 };
        foreach (var tile in tiles)
        {
            var start = offsets[^1];
            offsets.AddRange(tile.Offsets.Skip(1).Select(o => checked(start + o)));
        }
        return [.. offsets];
    }

    private DeviceBuffer<T> Upload(Matrix<T>[] tiles)
    {
        var buffer = Own(device.Allocate<T>(tiles.Sum(t => (long)t.Rows * t.Columns)));
        var start = 0L;
        foreach (var tile in tiles)
        {
            var length = checked(tile.Rows * tile.Columns);
            buffer.Upload(tile.Reshaped(1, length).Row(0), start);
            start += length;
        }
        return buffer;
    }

    private TResource Own<TResource>(TResource resource)
        where TResource : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
