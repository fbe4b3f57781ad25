using Engine.Kernels.Devices;

namespace Engine.Kernels.Ntk;

/// <summary>A kernel, or a part of one, on a device in double, zero at first.</summary>
/// <remarks>
/// Long products of few samples would keep few groups of threads busy. So there can be several planes, of which a group has one: their sum is the kernel.
/// </remarks>
public sealed class DeviceKernelMatrix : IDisposable
{
    /// <param name="device">Where.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns, side by side.</param>
    /// <param name="planes">How many; on them depends how an element is rounded.</param>
    public DeviceKernelMatrix(Device device, int rows, int columns, int planes)
    {
        (Rows, Columns, Planes) = (rows, columns, planes);
        Elements = device.Allocate<double>((long)planes * rows * columns);
        Elements.Clear();
    }

    public int Rows { get; }

    public int Columns { get; }

    public int Planes { get; }

    /// <summary>[planes, rows, columns].</summary>
    public DeviceBuffer<double> Elements { get; }

    public void Dispose() => Elements.Dispose();
}
