using System.Text.Json.Nodes;
using Engine.Kernels.Devices;

namespace Engine.Perf.Devices;

/// <summary>What a device can do at best, measured now.</summary>
/// <param name="FlopRate">Multiply-adds of floats that stay in registers, two operations each [1/s].</param>
/// <param name="FlopRateDouble">The same of doubles, without tensor cores [1/s].</param>
/// <param name="ByteRate">Bytes read plus bytes written by a copy that no cache holds [1/s].</param>
internal sealed record DeviceBounds(double FlopRate, double FlopRateDouble, double ByteRate)
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
        return new(Rate<float>("multiply_adds"), Rate<double>("multiply_adds_double"), CopyBandwidth.Measure(device));
    }

    public JsonObject ToJson(Device device) => new()
    {
        ["case"] = "bounds",
        ["device"] = device.Description.Name,
        ["driver"] = device.Description.Driver,
        ["flopRateSingle"] = FlopRate,
        ["flopRateDouble"] = FlopRateDouble,
        ["byteRate"] = ByteRate,
    };
}
