using Engine.Kernels.Devices;

namespace Engine.Kernels.Ntk;

/// <summary>
/// Which positions (pixels, tokens, nodes) belong to which sample, on a device, and how they are cut for it: panels of at most as many positions as a tile has rows, with whole samples
/// or a part of one, and bundles, the panels that a group of threads has: one panel, or all those of one sample.
/// </summary>
public sealed class DevicePositions : IDisposable
{
    /// <summary>As in ntk.cl.</summary>
    private const int Tile = 64;

    private readonly List<Int4> panels = [];
    private readonly List<int> bundles = [0];

    /// <param name="device">Where.</param>
    /// <param name="offsets">Where the positions of each sample start, and the end: [samples + 1].</param>
    public DevicePositions(Device device, ReadOnlySpan<int> offsets)
    {
        Samples = offsets.Length - 1;
        var first = 0;
        for (var sample = 0; sample < Samples; sample++)
        {
            if (offsets[sample + 1] - offsets[first] > Tile)
            {
                Close(offsets, first, sample);
                first = sample;
            }
            if (offsets[sample + 1] - offsets[sample] > Tile)
            {
                Close(offsets, sample, sample + 1);
                first = sample + 1;
            }
        }
        Close(offsets, first, Samples);
        (Offsets, Panels, Bundles) = (device.Allocate(offsets), device.Allocate<Int4>([.. panels]), device.Allocate<int>([.. bundles]));
    }

    public int Samples { get; }

    internal DeviceBuffer<int> Offsets { get; }

    /// <summary>First position, positions, first sample, samples.</summary>
    internal DeviceBuffer<Int4> Panels { get; }

    /// <summary>The first panel of each bundle, and the end.</summary>
    internal DeviceBuffer<int> Bundles { get; }

    internal int BundleCount => bundles.Count - 1;

    public void Dispose()
    {
        Offsets.Dispose();
        Panels.Dispose();
        Bundles.Dispose();
    }

    /// <summary>A bundle of some samples: of as many as there is room for in a panel, or of one with more positions.</summary>
    private void Close(ReadOnlySpan<int> offsets, int first, int end)
    {
        if (first == end)
        {
            return;
        }
        var position = offsets[first];
        do
        {
            panels.Add(new(position, Math.Min(Tile, offsets[end] - position), first, end - first));
            position += Tile;
        }
        while (position < offsets[end]);
        bundles.Add(panels.Count);
    }
}
