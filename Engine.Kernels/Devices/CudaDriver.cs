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

    /// <summary>CUDA 11.4, the first with every call of <see cref="CudaApi"/>.</summary>
    private const int OldestVersion = 11040;

    /// <summary>CUDA_ERROR_INVALID_IMAGE, NO_BINARY_FOR_GPU, INVALID_PTX, UNSUPPORTED_PTX_VERSION, INVALID_SOURCE: what a driver says to images of a compiler that is newer than itself.</summary>
    private static readonly int[] ImageErrors = [200, 209, 218, 222, 300];

    /// <summary>The NVIDIA devices, or none and the reason. Never throws.</summary>
    public static (IReadOnlyList<DeviceDescription> Devices, string Reason) Enumerate()
    {
        var library = NativeLibraries.Find("cuda");
        if (!library.IsPresent)
        {
            return ([], $"no NVIDIA driver: {library.Tried.FirstOrDefault(tried => !tried.Contains('/', StringComparison.Ordinal), library.Tried[0])}");
        }
        try
        {
            var devices = new List<DeviceDescription>();
            Check(cuInit(0), "cuInit");
            int version, count;
            Check(cuDriverGetVersion(&version), "cuDriverGetVersion");
            if (version < OldestVersion)
            {
                return ([], $"the NVIDIA driver is of CUDA {VersionText(version)}, expected {VersionText(OldestVersion)} or later; update the driver");
            }
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
            DeviceKind.Cuda, ordinal, Text(name), $"CUDA driver {VersionText(version)}", units, (long)memory,
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

    /// <summary>What is to be said where the driver does not take an image; null where the reason is another than that the compiler is newer than the driver.</summary>
    /// <param name="result">What the driver answered.</param>
    /// <param name="driver">CUDA version of the driver, 12040 for 12.4.</param>
    /// <param name="compiler">Version of NVRTC, likewise.</param>
    internal static string? WhyImageIsRefused(int result, int driver, int compiler) => ImageErrors.Contains(result) && compiler > driver
        ? $"the NVIDIA driver, of CUDA {VersionText(driver)}, takes no kernels of NVRTC {VersionText(compiler)} (error {result}), expected NVRTC {VersionText(driver)} or older; update the driver, or set {NativeLibraries.PathVariable} to the folder of an NVRTC that is as old as the driver"
        : null;

    /// <summary>CUDA version that the driver supports, 12040 for 12.4.</summary>
    internal static int Version()
    {
        int version;
        return cuDriverGetVersion(&version) == 0 ? version : 0;
    }

    private static string VersionText(int version) => $"{version / 1000}.{version % 1000 / 10}";

    /// <summary>"CUDA_ERROR_OUT_OF_MEMORY".</summary>
    internal static string NameOf(int result)
    {
        byte* name = null;
        return cuGetErrorName(result, &name) == 0 && name != null ? Text(name) : "unknown error";
    }

    private static string Text(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private sealed class CudaException(string message) : Exception(message);
}
