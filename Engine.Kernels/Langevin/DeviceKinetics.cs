using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;
using Engine.Kernels.Reduce;

namespace Engine.Kernels.Langevin;

/// <summary>Kinetic energy and momentum of the particles of a device, and changes of all velocities at once. Velocities lag behind positions by a kick.</summary>
public sealed class DeviceKinetics : IDisposable
{
    private const int GroupSize = 128;

    /// <summary>Particles that a thread adds up: KINETICS_ITEMS of kinetics.cl.</summary>
    private const int Items = 4;

    private readonly DeviceParticles particles;
    private readonly DeviceProgram program;
    private readonly DeviceSums total;

    public DeviceKinetics(DeviceParticles particles)
    {
        this.particles = particles;
        program = particles.Device.Compile(KernelText.Load("kinetics.cl", ["reduce.cl"]));
        total = new(particles, program, GroupSize, (particles.ReplicaSize + Items - 1) / Items);
    }

    /// <summary>Σ m v ⊗ v of each replica at the time of the positions [energy].</summary>
    /// <param name="lag">What velocities lag behind by [time].</param>
    public SymmetricTensor[] Tensors(double lag)
    {
        program["kinetic_sums"].Launch(
            total.Threads, GroupSize, particles.Velocities, particles.Forces, (float)lag, total.Partials, particles.ReplicaSize);
        var all = total.Totals();
        var result = new SymmetricTensor[all.Length / 8];
        for (var r = 0; r < result.Length; r++)
        {
            var s = all.AsSpan(8 * r, 8);
            result[r] = new(s[1], s[2], s[3], s[4], s[5], s[6]);
        }
        return result;
    }

    /// <summary>Σ m v / Σ m of the velocities of a single system as they are stored.</summary>
    public Vector3d Drift()
    {
        program["momentum_sums"].Launch(total.Threads, GroupSize, particles.Velocities, total.Partials, particles.ReplicaSize);
        var s = total.Totals();
        return new(s[1] / s[0], s[2] / s[0], s[3] / s[0]);
    }

    /// <summary>v → M (v + lag · a) + shift.</summary>
    /// <param name="lag">Kick given first [time].</param>
    /// <param name="map">M, whose transpose is given: column by column of an upper triangular matrix, as <see cref="TriangularMap.Inverse"/> of a cell's map has it.</param>
    /// <param name="shift">[length/time].</param>
    public void Map(double lag, in TriangularMap map, Vector3d shift) => program["map_velocities"].Launch(
        particles.Count, GroupSize, particles.Velocities, particles.Forces, (float)lag, (float)map.XX, (float)map.XY, (float)map.YY, (float)map.XZ, (float)map.YZ,
        (float)map.ZZ, (float)shift.X, (float)shift.Y, (float)shift.Z, particles.Count);

    public void Dispose() => total.Dispose();
}
