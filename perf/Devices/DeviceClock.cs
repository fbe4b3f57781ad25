using System.Diagnostics;
using Engine.Kernels.Devices;

namespace Engine.Perf.Devices;

/// <summary>Times of work on a device, from the host's clock around everything that was asked for.</summary>
internal static class DeviceClock
{
    private const int Rounds = 5;

    /// <summary>Seconds of the work once, the best of a few rounds after one that warms up.</summary>
    public static double Fastest(Device device, Action work)
    {
        Once(device, work);
        return Enumerable.Range(0, Rounds).Min(_ => Once(device, work));
    }

    public static double Once(Device device, Action work)
    {
        device.Synchronize();
        var start = Stopwatch.GetTimestamp();
        work();
        device.Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
