using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// Pairs of the particles of a single system on a device by species and distance; only the counts come back. They are looked for in the cells that the neighbour list was built
/// with, whatever the distance: lists themselves hold only pairs within reach of the forces, and what goes beyond half of the cell is all pairs in any case.
/// </summary>
public sealed class DevicePairHistogram(DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts)
{
    private const int GroupSize = 256;

    /// <summary>16 KiB of counters for a group of threads: every device has them, and several groups fit.</summary>
    private const int LocalBins = 4096;

    private readonly DeviceKernel kernel = particles.Device.Compile(
        KernelText.Load("histogram.cl", [texts.CellPrelude, "clock.cl", "particles.cl"], ("LOCAL_BINS", LocalBins)))["pair_histogram"];

    /// <summary>Counts pairs closer than a distance: [species · species · bins], pairs (a, b) with a ≤ b at (a · species + b) · bins.</summary>
    /// <param name="maximum">The distance [length]; at most half of the smallest perpendicular width.</param>
    /// <param name="bins">Bins of equal width.</param>
    /// <param name="species">Number of species.</param>
    /// <param name="widths">Perpendicular widths of the present cell [length].</param>
    /// <param name="moved">How far particles may have moved since the list was built [length].</param>
    public long[] Count(double maximum, int bins, int species, Vector3d widths, double moved)
    {
        var (nx, ny, nz, _) = list.Grid;
        // Cells to either side within which a partner may have been; a hair for the rounding of fractions.
        int Side(double width, int n) => (int)Math.Min(n, Math.Ceiling((maximum + 2 * moved) * n * (1 + 1e-6) / width));
        var (sideX, sideY, sideZ) = (Side(widths.X, nx), Side(widths.Y, ny), Side(widths.Z, nz));
        var length = species * species * bins;
        using var histogram = particles.Device.Allocate<uint>(2 * length);
        histogram.Clear();
        for (var first = 0; first < length; first += LocalBins)
        {
            kernel.Launch(
                particles.Count, GroupSize, particles.Positions, particles.Reference, list.Starts, particles.Box, histogram, (float)(bins / maximum), bins, species, first,
                nx, ny, nz, sideX, sideY, sideZ, particles.Count);
        }
        var words = histogram.ToArray();
        return [.. Enumerable.Range(0, length).Select(k => ((long)words[2 * k + 1] << 32) | words[2 * k])];
    }
}
