using Engine.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>The devices of this machine; each behaviour is tested on every one, and an absent kind is skipped with its reason.</summary>
public static class TestDevices
{
    private static readonly Dictionary<string, Lazy<Device>> Open = new()
    {
        ["opencl"] = new(() => Device.Open("opencl")),
        ["cuda"] = new(() => Device.Open("cuda")),
    };

    public static TheoryData<string> Kinds => [.. Open.Keys];

    /// <summary>The device of a kind, shared by all tests; skips the test where there is none.</summary>
    public static Device Get(string kind)
    {
        Require(kind);
        return Open[kind].Value;
    }

    /// <summary>Skips the test where there is no device of that kind: for tests that open one of their own, because they do not take turns with those that share it.</summary>
    public static void Require(string kind)
    {
        var (devices, reason) = kind == "cuda" ? CudaDriver.Enumerate() : OpenClDriver.Enumerate();
        Skip.If(devices.Count == 0, reason);
    }
}
