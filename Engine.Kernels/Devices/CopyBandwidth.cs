using System.Diagnostics;

namespace Engine.Kernels.Devices;

/// <summary>How fast memory is: bytes read plus bytes written by a copy that no cache holds, the best of a few [bytes/s].</summary>
public static class CopyBandwidth
{
    private const long Bytes = 256L << 20;
    private const int Rounds = 5;

    /// <summary>Copies that a device is asked for at once take about as long [s]: launching and waiting must not count.</summary>
    private const double SecondsAtOnce = 0.05;

    private const int MostAtOnce = 50;

    /// <summary>Of a device's memory.</summary>
    /// <exception cref="Errors.RunFailedException">The device has no room for two buffers of a sixteenth of its memory, 256 MiB at most, or fails.</exception>
    public static double Measure(Device device)
    {
        var length = Math.Min(Bytes, device.Description.MemoryBytes / 16) / sizeof(float);
        using var source = device.Allocate<float>(length);
        using var target = device.Allocate<float>(length);
        source.Clear();
        var bytes = 2 * source.Bytes;
        void Copy(int times)
        {
            for (var k = 0; k < times; k++)
            {
                source.CopyTo(target);
            }
            device.Synchronize();
        }
        var rate = Fastest(bytes, () => Copy(1), rounds: 1);
        var atOnce = (int)Math.Clamp(SecondsAtOnce * rate / bytes, 1, MostAtOnce);
        return Fastest(atOnce * bytes, () => Copy(atOnce), Rounds);
    }

    /// <summary>Of the processor's, by one thread.</summary>
    public static double MeasureProcessor()
    {
        var source = GC.AllocateUninitializedArray<byte>((int)Bytes);
        var target = GC.AllocateUninitializedArray<byte>((int)Bytes);
        source.AsSpan().Fill(1);
        return Fastest(2 * Bytes, () => source.AsSpan().CopyTo(target), Rounds);
    }

    private static double Fastest(long bytes, Action copy, int rounds)
    {
        // The first finds the pages of the target.
        copy();
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            copy();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return bytes / best;
    }
}
