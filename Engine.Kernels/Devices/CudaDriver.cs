using System.Runtime.InteropServices;
using System.Text;
using Engine.Kernels.Native;
using static Engine.Kernels.Devices.CudaApi;

namespace Engine.Kernels.Devices;

/// <summary>The calls of the CUDA driver that list devices. Symbols are bound with their version suffix: the plain names change meaning.</summary>
public static unsafe class CudaDriver
{
    private const int MultiprocessorCount = 16;
    private const int ComputeCapabilityMajor = 75;
    private const int ComputeCapabilityMinor = 76;

    /// <summary>The NVIDIA devices, or none and the reason. Never throws.</summary>
    public static (IReadOnlyList<DeviceDescription> Devices, string Reason) Enumerate()
    {
        var library = NativeLibraries.Find("cuda");
        if (!library.IsPresent)
        {
            return ([], $"no NVIDIA driver: {library.Tried[0]}");
        }
        try
        {
            var devices = new List<DeviceDescription>();
            Check(cuInit(0), "cuInit");
            int version, count;
            Check(cuDriverGetVersion(&version), "cuDriverGetVersion");
            Check(cuDeviceGetCount(&count), "cuDeviceGetCount");
            for (var i = 0; i < count; i++)
            {
                devices.Add(Describe(i, version));
            }
            return (devices, count == 0 ? "the NVIDIA driver lists no device" : "");
        }
        catch (CudaException error)
        {
            return ([], error.Message);
        }
        catch (EntryPointNotFoundException)
        {
            return ([], $"{library.Path} is not a CUDA driver of version 3.2 or later");
        }
    }

    private static DeviceDescription Describe(int ordinal, int version)
    {
        int device, units, major, minor;
        nuint memory;
        var name = stackalloc byte[256];
        Check(cuDeviceGet(&device, ordinal), "cuDeviceGet");
        Check(cuDeviceGetName(name, 256, device), "cuDeviceGetName");
        Check(cuDeviceTotalMem_v2(&memory, device), "cuDeviceTotalMem_v2");
        Check(cuDeviceGetAttribute(&units, MultiprocessorCount, device), "cuDeviceGetAttribute");
        Check(cuDeviceGetAttribute(&major, ComputeCapabilityMajor, device), "cuDeviceGetAttribute");
        Check(cuDeviceGetAttribute(&minor, ComputeCapabilityMinor, device), "cuDeviceGetAttribute");
        return new(
            DeviceKind.Cuda, ordinal, Text(name), $"CUDA driver {version / 1000}.{version % 1000 / 10}", units, (long)memory,
            [$"compute capability {major}.{minor}"]);
    }

    private static void Check(int result, string call)
    {
        if (result == 0)
        {
            return;
        }
        throw new CudaException($"{call} failed: {NameOf(result)} ({result})");
    }

    /// <summary>"CUDA_ERROR_OUT_OF_MEMORY".</summary>
    internal static string NameOf(int result)
    {
        byte* name = null;
        return cuGetErrorName(result, &name) == 0 && name != null ? Text(name) : "unknown error";
    }

    private static string Text(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private sealed class CudaException(string message) : Exception(message);
}
