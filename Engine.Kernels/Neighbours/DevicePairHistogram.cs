using Engine.Kernels.Devices;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Neighbours;

/// <summary>Pairs of the particles of a device by species and distance; only the counts come back. Each pair is looked at: half of N² of them.</summary>
public sealed class DevicePairHistogram(DeviceParticles particles, DeviceTexts texts)
{
    private const int GroupSize = 256;

    /// <summary>16 KiB of counters for a group of threads: every device has them, and several groups fit.</summary>
    private const int LocalBins = 4096;

    private readonly DeviceKernel kernel = particles.Device.Compile(
        KernelText.Load("histogram.cl", [texts.Prelude, "clock.cl", "particles.cl"], ("LOCAL_BINS", LocalBins)))["pair_histogram"];

    /// <summary>Counts pairs closer than a distance: [species · species · bins], pairs (a, b) with a ≤ b at (a · species + b) · bins.</summary>
    /// <param name="maximum">The distance [length]; at most half of the smallest perpendicular width.</param>
    /// <param name="bins">Bins of equal width.</param>
    /// <param name="species">Number of species.</param>
    public long[] Count(double maximum, int bins, int species)
    {
        var length = species * species * bins;
        using var histogram = particles.Device.Allocate<uint>(2 * length);
        histogram.Clear();
        for (var first = 0; first < length; first += LocalBins)
        {
            kernel.Launch(
                particles.Count, GroupSize, particles.Positions, particles.Box, histogram, (float)(bins / maximum), bins, species, first, particles.Count);
        }
        var words = histogram.ToArray();
        return [.. Enumerable.Range(0, length).Select(k => ((long)words[2 * k + 1] << 32) | words[2 * k])];
    }
}
