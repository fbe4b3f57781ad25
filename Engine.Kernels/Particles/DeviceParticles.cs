using Engine.Kernels.Devices;

namespace Engine.Kernels.Particles;

/// <summary>
/// The particles of one system, or of several replicas of equal size one after the other, in the memory of a device. A list sorts them; <see cref="Images"/> holds who is who.
/// </summary>
public sealed class DeviceParticles : IDisposable
{
    /// <param name="device">Where.</param>
    /// <param name="count">Particles of all replicas.</param>
    /// <param name="replicaSize">Particles of one replica; divides <paramref name="count"/>.</param>
    public DeviceParticles(Device device, int count, int replicaSize)
    {
        (Device, Count, ReplicaSize) = (device, count, replicaSize);
        Positions = device.Allocate<Int4>(count);
        Reference = device.Allocate<Int4>(count);
        Velocities = device.Allocate<Float4>(count);
        Images = device.Allocate<Int4>(count);
        Forces = device.Allocate<Float4>(count);
        Box = device.Allocate<float>(9);
        BoxInDouble = device.Allocate<double>(9);
        Control = device.Allocate<int>(ControlWord.Count);
        Ring = device.Allocate<int>(2 * (DeviceTexts.StepsPerGraph + 1));
        Control.Clear();
        Ring.Clear();
        Forces.Clear();
    }

    public Device Device { get; }

    public int Count { get; }

    public int ReplicaSize { get; }

    public int Replicas => Count / ReplicaSize;

    /// <summary>Fractions of the cell and species, see <see cref="FixedPointCell"/>.</summary>
    public DeviceBuffer<Int4> Positions { get; }

    /// <summary>Positions of which the list was built.</summary>
    public DeviceBuffer<Int4> Reference { get; }

    /// <summary>Velocity [length/time] and 1/mass in the unit that turns a force into an acceleration.</summary>
    public DeviceBuffer<Float4> Velocities { get; }

    /// <summary>How often the faces of the cell were crossed, and the particle's number in its replica.</summary>
    public DeviceBuffer<Int4> Images { get; }

    /// <summary>[energy/length].</summary>
    public DeviceBuffer<Float4> Forces { get; }

    /// <summary>See <see cref="FixedPointCell.ToTable"/>.</summary>
    public DeviceBuffer<float> Box { get; }

    /// <summary>The same in double.</summary>
    public DeviceBuffer<double> BoxInDouble { get; }

    /// <summary>Words through which kernels and host talk, see clock.cl.</summary>
    public DeviceBuffer<int> Control { get; }

    /// <summary>The clock of steps that are launched ahead, see clock.cl.</summary>
    public DeviceBuffer<int> Ring { get; }

    /// <summary>The cell that positions are fractions of.</summary>
    public void SetCell(FixedPointCell cell)
    {
        var box = cell.ToTable();
        BoxInDouble.Upload(box);
        Box.Upload([.. box.Select(value => (float)value)]);
    }

    public void Dispose()
    {
        Positions.Dispose();
        Reference.Dispose();
        Velocities.Dispose();
        Images.Dispose();
        Forces.Dispose();
        Box.Dispose();
        BoxInDouble.Dispose();
        Control.Dispose();
        Ring.Dispose();
    }
}
