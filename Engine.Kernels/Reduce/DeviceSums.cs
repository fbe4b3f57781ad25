using Engine.Kernels.Devices;

namespace Engine.Kernels.Reduce;

/// <summary>Eight sums over particles (the last one a minimum) that groups leave in double, added up in the order of the groups.</summary>
internal sealed class DeviceSums : IDisposable
{
    private readonly DeviceKernel sum;
    private readonly DeviceBuffer<double> partials;
    private readonly DeviceBuffer<double> result;
    private readonly int groups;

    public DeviceSums(Device device, DeviceProgram kinetics, int particles, int groupSize)
    {
        sum = kinetics["sum_partials"];
        groups = (particles + groupSize - 1) / groupSize;
        partials = device.Allocate<double>(8 * groups);
        result = device.Allocate<double>(8);
    }

    /// <summary>Where the groups put theirs: eight for each.</summary>
    public DeviceBuffer<double> Partials => partials;

    /// <summary>Waits for what was launched, and adds up.</summary>
    public double[] Total()
    {
        sum.Launch(32, 32, partials, groups, result);
        return result.ToArray();
    }

    public void Dispose()
    {
        partials.Dispose();
        result.Dispose();
    }
}
