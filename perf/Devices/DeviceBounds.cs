using System.Text.Json.Nodes;
using Engine.Kernels.Devices;
using Engine.Kernels.Particles;

namespace Engine.Perf.Devices;

/// <summary>What a device can do at best, measured now.</summary>
/// <param name="FlopRate">Multiply-adds of floats that stay in registers, two operations each [1/s].</param>
/// <param name="FlopRateDouble">The same of doubles, without tensor cores [1/s].</param>
/// <param name="ByteRate">Bytes read plus bytes written by a copy that no cache holds [1/s].</param>
/// <param name="LaunchSeconds">A step of one kernel that does nothing, in graphs as long as those of a run [s]: what a step of a small system cannot be below.</param>
internal sealed record DeviceBounds(double FlopRate, double FlopRateDouble, double ByteRate, double LaunchSeconds)
{
    private const double FlopPerIteration = 16;

    public static DeviceBounds Measure(Device device)
    {
        var isCuda = device.Description.Kind == DeviceKind.Cuda;
        var (threads, iterations) = isCuda ? (1 << 20, 4096) : (1 << 12, 4096);
        var program = device.Compile(KernelText.Load("bounds.cl"));
        double Rate<T>(string kernel)
            where T : unmanaged
        {
            using var memory = device.Allocate<T>(threads);
            memory.Clear();
            return FlopPerIteration * iterations * threads / DeviceClock.Fastest(device, () => program[kernel].Launch(threads, 256, memory, iterations));
        }
        return new(Rate<float>("multiply_adds"), Rate<double>("multiply_adds_double"), CopyBandwidth.Measure(device),
            DeviceExperiments.SecondsPerGraph(device, DeviceTexts.StepsPerGraph) / DeviceTexts.StepsPerGraph);
    }

    public JsonObject ToJson(Device device) => new()
    {
        ["case"] = "bounds",
        ["device"] = device.Description.Name,
        ["driver"] = device.Description.Driver,
        ["compiler"] = device.Compiler,
        ["flopRateSingle"] = FlopRate,
        ["flopRateDouble"] = FlopRateDouble,
        ["byteRate"] = ByteRate,
        ["launchMicroseconds"] = 1e6 * LaunchSeconds,
    };
}
