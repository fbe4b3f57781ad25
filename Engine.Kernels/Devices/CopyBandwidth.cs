using System.Diagnostics;

namespace Engine.Kernels.Devices;

/// <summary>How fast memory is: bytes read plus bytes written by a copy that no cache holds, the best of a few [bytes/s].</summary>
public static class CopyBandwidth
{
    private const long Bytes = 256L << 20;
    private const int Rounds = 5;

    /// <summary>Of a device's memory.</summary>
    /// <exception cref="Errors.RunFailedException">The device has no room for two buffers of a sixteenth of its memory, 256 MiB at most, or fails.</exception>
    public static double Measure(Device device)
    {
        var length = Math.Min(Bytes, device.Description.MemoryBytes / 16) / sizeof(float);
        using var source = device.Allocate<float>(length);
        using var target = device.Allocate<float>(length);
        source.Clear();
        return Fastest(2 * source.Bytes, () =>
        {
            source.CopyTo(target);
            device.Synchronize();
        });
    }

    /// <summary>Of the processor's, by one thread.</summary>
    public static double MeasureProcessor()
    {
        var source = GC.AllocateUninitializedArray<byte>((int)Bytes);
        var target = GC.AllocateUninitializedArray<byte>((int)Bytes);
        source.AsSpan().Fill(1);
        return Fastest(2 * Bytes, () => source.AsSpan().CopyTo(target));
    }

    private static double Fastest(long bytes, Action copy)
    {
        // The first finds the pages of the target.
        copy();
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            copy();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return bytes / best;
    }
}
