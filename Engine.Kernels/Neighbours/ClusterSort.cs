using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// Orders particles for the cluster-pair list: columns in the x–y plane, one species after the other within a column, ascending height within a
/// species, and then cut into clusters of eight slots; the last cluster of a species in a column is filled up with vacant slots. The order is a
/// function of positions, ids and box alone (ties in height fall to the smaller id).
/// </summary>
internal sealed class ClusterSort
{
    private int[] bin = [];
    private double[] height = [];
    private double[] sortedHeight = [];
    private int[] sortedSlot = [];
    private int[] binStart = [];

    /// <summary>Old slot of each new slot, −1 where vacant.</summary>
    public int[] Source { get; private set; } = [];

    public int SlotCount { get; private set; }

    /// <summary>Species of each new cluster.</summary>
    public int[] ClusterSpecies { get; private set; } = [];

    /// <summary>First cluster of each (column, species), [columns × species + 1].</summary>
    public int[] BinFirstCluster { get; private set; } = [];

    public GridGeometry Geometry { get; private set; }

    public void Sort(
        double[] x, double[] y, double[] z, int[] id, int[] clusterSpecies, int slots, int particles, int speciesCount, Box box, Workers workers)
    {
        Geometry = Layout(x, y, z, id, slots, particles, speciesCount, box);
        var bins = Geometry.ColumnsX * Geometry.ColumnsY * speciesCount;
        Ensure(ref bin, slots);
        Ensure(ref height, slots);
        Ensure(ref sortedHeight, particles);
        Ensure(ref sortedSlot, particles);
        binStart = new int[bins + 1];
        BinFirstCluster = new int[bins + 1];

        var geometry = Geometry;
        workers.Stream(slots, SlotBlocks.Slots, (start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                if (id[i] < 0)
                {
                    continue;
                }
                var u = geometry.ToGrid(new(x[i], y[i], z[i]));
                bin[i] = geometry.Column(u) * speciesCount + clusterSpecies[i / 8];
                height[i] = u.Z;
            }
        });
        for (var i = 0; i < slots; i++)
        {
            if (id[i] >= 0)
            {
                binStart[bin[i] + 1]++;
            }
        }
        for (var b = 0; b < bins; b++)
        {
            BinFirstCluster[b + 1] = BinFirstCluster[b] + (binStart[b + 1] + 7) / 8;
            binStart[b + 1] += binStart[b];
        }
        var cursor = (int[])binStart.Clone();
        for (var i = 0; i < slots; i++)
        {
            if (id[i] >= 0)
            {
                var position = cursor[bin[i]]++;
                sortedSlot[position] = i;
                sortedHeight[position] = height[i];
            }
        }

        var clusters = BinFirstCluster[bins];
        SlotCount = 8 * clusters;
        if (Source.Length < SlotCount)
        {
            Source = new int[SlotCount + SlotCount / 16];
            ClusterSpecies = new int[Source.Length / 8];
        }
        workers.For(bins, 16, (first, last) =>
        {
            for (var b = first; b < last; b++)
            {
                SortBin(b, speciesCount, id);
            }
        });
    }

    private void SortBin(int b, int speciesCount, int[] id)
    {
        int start = binStart[b], count = binStart[b + 1] - start;
        var heights = sortedHeight.AsSpan(start, count);
        var slots = sortedSlot.AsSpan(start, count);
        heights.Sort(slots);
        for (var i = 1; i < count; i++)
        {
            for (var k = i; k > 0 && heights[k] == heights[k - 1] && id[slots[k]] < id[slots[k - 1]]; k--)
            {
                (slots[k], slots[k - 1]) = (slots[k - 1], slots[k]);
            }
        }
        var target = Source.AsSpan(8 * BinFirstCluster[b], 8 * (BinFirstCluster[b + 1] - BinFirstCluster[b]));
        slots.CopyTo(target);
        target[count..].Fill(-1);
        ClusterSpecies.AsSpan(BinFirstCluster[b], BinFirstCluster[b + 1] - BinFirstCluster[b]).Fill(b % speciesCount);
    }

    private static GridGeometry Layout(
        double[] x, double[] y, double[] z, int[] id, int slots, int particles, int speciesCount, Box box)
    {
        Vector3d low = default, high = new(1, 1, 1);
        if (!(box.PeriodicX && box.PeriodicY && box.PeriodicZ))
        {
            low = new(double.MaxValue, double.MaxValue, double.MaxValue);
            high = -low;
            for (var i = 0; i < slots; i++)
            {
                if (id[i] >= 0)
                {
                    var s = box.ToFractional(new(x[i], y[i], z[i]));
                    low = new(Math.Min(low.X, s.X), Math.Min(low.Y, s.Y), Math.Min(low.Z, s.Z));
                    high = new(Math.Max(high.X, s.X), Math.Max(high.Y, s.Y), Math.Max(high.Z, s.Z));
                }
            }
        }
        var extent = new Vector3d(
            box.PeriodicX ? 1 : high.X - low.X, box.PeriodicY ? 1 : high.Y - low.Y, box.PeriodicZ ? 1 : high.Z - low.Z);
        var volume = box.Volume * Math.Max(extent.X * extent.Y * extent.Z, 1e-12);
        // Eight particles of one species fill a cube of this edge: clusters come out about as high as wide.
        var edge = Math.Cbrt(8.0 * volume * speciesCount / Math.Max(1, particles));
        return new GridGeometry(box, low, high, edge, particles);
    }

    private static void Ensure<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length + length / 16];
        }
    }
}
