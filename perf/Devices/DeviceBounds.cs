using System.Text.Json.Nodes;
using Engine.Kernels.Devices;

namespace Engine.Perf.Devices;

/// <summary>What a device can do at best, measured now.</summary>
/// <param name="FlopRate">Multiply-adds of floats that stay in registers, two operations each [1/s].</param>
/// <param name="ByteRate">Bytes read plus bytes written by a copy that no cache holds [1/s].</param>
internal sealed record DeviceBounds(double FlopRate, double ByteRate)
{
    private const double FlopPerIteration = 16;

    public static DeviceBounds Measure(Device device)
    {
        var isCuda = device.Description.Kind == DeviceKind.Cuda;
        var (threads, iterations) = isCuda ? (1 << 20, 4096) : (1 << 12, 4096);
        using var memory = device.Allocate<float>(threads);
        memory.Clear();
        var kernel = device.Compile(KernelText.Load("bounds.cl"))["multiply_adds"];
        var seconds = DeviceClock.Fastest(device, () => kernel.Launch(threads, 256, memory, iterations));
        return new(FlopPerIteration * iterations * threads / seconds, CopyBandwidth.Measure(device));
    }

    public JsonObject ToJson(Device device) => new()
    {
        ["case"] = "bounds",
        ["device"] = device.Description.Name,
        ["driver"] = device.Description.Driver,
        ["flopRateSingle"] = FlopRate,
        ["byteRate"] = ByteRate,
    };
}
