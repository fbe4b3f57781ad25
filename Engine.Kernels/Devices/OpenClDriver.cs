using System.Text;
using Engine.Kernels.Native;
using static Engine.Kernels.Devices.OpenClApi;

namespace Engine.Kernels.Devices;

/// <summary>The calls of the OpenCL loader that list platforms and their devices.</summary>
public static unsafe class OpenClDriver
{
    private const uint PlatformName = 0x0902;
    private const uint PlatformVersion = 0x0901;
    private const uint DeviceName = 0x102B;
    private const uint DeviceVersion = 0x102F;
    private const uint DriverVersion = 0x102D;
    private const uint DeviceExtensions = 0x1030;
    private const uint MaximumComputeUnits = 0x1002;
    private const uint GlobalMemorySize = 0x101F;
    private const ulong AllDevices = 0xFFFFFFFF;
    private const int NoPlatform = -1001;

    /// <summary>The feature of devices that compute in double precision.</summary>
    internal const string Double = "double";

    /// <summary>The OpenCL devices of all platforms, or none and the reason. Never throws.</summary>
    public static (IReadOnlyList<DeviceDescription> Devices, string Reason) Enumerate()
    {
        var library = NativeLibraries.Find("opencl");
        if (!library.IsPresent)
        {
            return ([], $"no OpenCL loader: {library.Tried[0]}");
        }
        try
        {
            uint platformCount;
            var result = clGetPlatformIDs(0, null, &platformCount);
            if (result != 0 || platformCount == 0)
            {
                return ([], result is 0 or NoPlatform
                    ? "the OpenCL loader finds no platform: apt-get install pocl-opencl-icd, or the GPU's own OpenCL driver"
                    : $"clGetPlatformIDs failed ({result})");
            }
            var platforms = new nint[platformCount];
            fixed (nint* p = platforms)
            {
                _ = clGetPlatformIDs(platformCount, p, null);
            }
            var devices = new List<DeviceDescription>();
            foreach (var platform in platforms)
            {
                foreach (var device in DevicesOf(platform))
                {
                    devices.Add(Describe(platform, device, devices.Count));
                }
            }
            return (devices, devices.Count == 0 ? $"none of the {platformCount} OpenCL platforms has a device" : "");
        }
        catch (EntryPointNotFoundException error)
        {
            return ([], $"{library.Path} is not an OpenCL loader: {error.Message}");
        }
    }

    /// <summary>The handle of the device that <see cref="Enumerate"/> lists at an index.</summary>
    internal static nint Handle(int index)
    {
        uint count;
        _ = clGetPlatformIDs(0, null, &count);
        var platforms = new nint[count];
        fixed (nint* p = platforms)
        {
            _ = clGetPlatformIDs(count, p, null);
        }
        return platforms.SelectMany(DevicesOf).ElementAt(index);
    }

    private static nint[] DevicesOf(nint platform)
    {
        uint count;
        if (clGetDeviceIDs(platform, AllDevices, 0, null, &count) != 0 || count == 0)
        {
            return [];
        }
        var handles = new nint[count];
        fixed (nint* p = handles)
        {
            return clGetDeviceIDs(platform, AllDevices, count, p, null) == 0 ? handles : [];
        }
    }

    private static DeviceDescription Describe(nint platform, nint device, int index)
    {
        // PoCL appends how it was built after two spaces.
        var driver = $"{PlatformText(platform, PlatformName)}, {PlatformText(platform, PlatformVersion).Split("  ")[0]}";
        uint units = 0;
        ulong memory = 0;
        _ = clGetDeviceInfo(device, MaximumComputeUnits, sizeof(uint), &units, null);
        _ = clGetDeviceInfo(device, GlobalMemorySize, sizeof(ulong), &memory, null);
        var features = new List<string>
        {
            string.Join(' ', DeviceText(device, DeviceVersion).Split(' ').Take(2)),
            $"driver {DeviceText(device, DriverVersion)}",
        };
        if (DeviceText(device, DeviceExtensions).Contains("cl_khr_fp64", StringComparison.Ordinal))
        {
            features.Add(Double);
        }
        return new(DeviceKind.OpenCl, index, DeviceText(device, DeviceName), driver, (int)units, (long)memory, features);
    }

    private static string PlatformText(nint platform, uint parameter)
    {
        nuint size;
        if (clGetPlatformInfo(platform, parameter, 0, null, &size) != 0)
        {
            return "?";
        }
        var text = new byte[size];
        fixed (byte* p = text)
        {
            _ = clGetPlatformInfo(platform, parameter, size, p, null);
        }
        return Clean(text);
    }

    private static string DeviceText(nint device, uint parameter)
    {
        nuint size;
        if (clGetDeviceInfo(device, parameter, 0, null, &size) != 0)
        {
            return "?";
        }
        var text = new byte[size];
        fixed (byte* p = text)
        {
            _ = clGetDeviceInfo(device, parameter, size, p, null);
        }
        return Clean(text);
    }

    private static string Clean(byte[] text) => Encoding.UTF8.GetString(text).TrimEnd('\0').Trim();
}
