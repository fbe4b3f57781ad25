using Engine.Kernels.Devices;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Reduce;

/// <summary>Eight sums over the particles of each replica (the last one a minimum) that groups leave in double, added up in the order of the groups.</summary>
internal sealed class DeviceSums : IDisposable
{
    private const int SumGroup = 256;

    private readonly DeviceKernel sum;
    private readonly DeviceBuffer<double> result;
    private readonly int groups;
    private readonly int replicas;

    /// <param name="particles">Whose sums.</param>
    /// <param name="kinetics">The program of kinetics.cl.</param>
    /// <param name="groupSize">Threads of the groups that leave them.</param>
    public DeviceSums(DeviceParticles particles, DeviceProgram kinetics, int groupSize)
        : this(particles, kinetics, groupSize, particles.ReplicaSize)
    {
    }

    /// <param name="particles">Whose replicas.</param>
    /// <param name="kinetics">The program of kinetics.cl.</param>
    /// <param name="groupSize">Threads of the groups that leave them.</param>
    /// <param name="ofReplica">What has a thread, of each replica.</param>
    public DeviceSums(DeviceParticles particles, DeviceProgram kinetics, int groupSize, int ofReplica)
    {
        sum = kinetics["sum_partials"];
        groups = (ofReplica + groupSize - 1) / groupSize;
        replicas = particles.Replicas;
        Threads = replicas * groups * groupSize;
        Partials = particles.Device.Allocate<double>(8L * replicas * groups);
        result = particles.Device.Allocate<double>(8 * replicas);
    }

    /// <summary>Threads to launch: whole groups for each replica.</summary>
    public int Threads { get; }

    /// <summary>Where the groups put theirs: eight for each.</summary>
    public DeviceBuffer<double> Partials { get; }

    /// <summary>Waits for what was launched, and adds up: eight numbers for each replica.</summary>
    public double[] Totals()
    {
        sum.Launch(replicas * SumGroup, SumGroup, Partials, groups, result);
        return result.ToArray();
    }

    public void Dispose()
    {
        Partials.Dispose();
        result.Dispose();
    }
}
