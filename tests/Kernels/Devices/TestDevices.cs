using Engine.Kernels.Devices;
using Engine.Perf.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>
/// The devices of this machine; each behaviour is tested on every one, and an absent kind is skipped with its reason. With ENGINE_TEST_CUDA=host the processor takes the place of a card where
/// nothing but kernels is needed of it: that takes three minutes, and reaches what <see cref="HostCudaTests"/> do not.
/// </summary>
public static class TestDevices
{
    private static readonly bool OnHost = Environment.GetEnvironmentVariable("ENGINE_TEST_CUDA") == "host";

    private static readonly Dictionary<string, Lazy<Device>> Open = new()
    {
        ["opencl"] = new(() => Device.Open("opencl")),
        ["cuda"] = new(() => OnHost ? HostCudaDevice.Require() : Device.Open("cuda")),
    };

    public static TheoryData<string> Kinds => [.. Open.Keys];

    /// <summary>The device of a kind, shared by all tests; skips the test where there is none.</summary>
    public static Device Get(string kind)
    {
        if (kind != "cuda" || !OnHost)
        {
            Require(kind);
        }
        return Open[kind].Value;
    }

    /// <summary>What benches and tests move particles with, where nothing is timed.</summary>
    internal static DeviceSession Session(Device device) => new(device, new(1, 1, 1, 1), 1, CancellationToken.None);

    /// <summary>
    /// Skips the test where there is no device of that kind: for tests that open one of their own, because they do not take turns with those that share it, or need more of it than that it
    /// runs kernels.
    /// </summary>
    public static void Require(string kind)
    {
        var (devices, reason) = kind == "cuda" ? CudaDriver.Enumerate() : OpenClDriver.Enumerate();
        Skip.If(devices.Count == 0, reason);
    }
}
