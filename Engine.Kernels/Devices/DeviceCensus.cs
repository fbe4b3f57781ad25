using Engine.Kernels.Native;

namespace Engine.Kernels.Devices;

/// <summary>A kind of device that is not here, and why.</summary>
public sealed record AbsentDevice(DeviceKind Kind, string Reason);

/// <summary>All devices and native libraries of this machine, and the reason for each that is absent.</summary>
public sealed record DeviceCensus(
    IReadOnlyList<DeviceDescription> Devices, IReadOnlyList<AbsentDevice> Absent, IReadOnlyList<LibraryDescription> Libraries)
{
    /// <summary>Asks every driver. Never throws: what cannot be asked is absent with a reason.</summary>
    public static DeviceCensus Take()
    {
        var devices = new List<DeviceDescription> { CpuDevice.Describe() };
        var absent = new List<AbsentDevice>();
        foreach (var (kind, enumerate) in new (DeviceKind, Func<(IReadOnlyList<DeviceDescription>, string)>)[]
        {
            (DeviceKind.Cuda, CudaDriver.Enumerate),
            (DeviceKind.OpenCl, OpenClDriver.Enumerate),
        })
        {
            var (found, reason) = enumerate();
            devices.AddRange(found);
            if (found.Count == 0)
            {
                absent.Add(new(kind, reason));
            }
        }
        return new(devices, absent, [.. NativeLibraries.Names.Select(LibraryDescription.Of)]);
    }
}
