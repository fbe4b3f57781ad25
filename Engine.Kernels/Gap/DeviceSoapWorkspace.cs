using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Kernels.Gap;

/// <summary>What the soap sets of a potential compute in, one set and some centres after the other.</summary>
internal sealed class DeviceSoapWorkspace : IDisposable
{
    private readonly DeviceBuffer<double>[] all;

    /// <param name="device">Where.</param>
    /// <param name="size">The largest of what the sets need.</param>
    /// <param name="most">Centres that a set has at most.</param>
    /// <exception cref="RunFailedException">The device has no room for a single block of centres.</exception>
    public DeviceSoapWorkspace(Device device, Size size, int most)
    {
        Centres = size.CentresIn(device.Room, most);
        if (Centres == 0)
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"a GAP with descriptors of {size.Width} and {size.SparsePoints} sparse points takes {size.Bytes(1) / 1048576.0:F0} MiB for {Size.Block} centres at once, in buffers of up to {size.LargestOf(1) / 1048576.0:F0} MiB, found half of {device.BytesFree / 1048576.0:F0} MiB free and buffers of up to {device.LargestBuffer / 1048576.0:F0} MiB on {device.Address}; use a smaller n_max or l_max, fewer sparse points, or another device"));
        }
        var rows = Size.RowsOf(Centres);
        Coefficients = device.Allocate<double>((long)Centres * size.Coefficients);
        Derivatives = device.Allocate<double>((long)Centres * size.Coefficients);
        Descriptors = device.Allocate<double>(rows * size.Width);
        Slopes = device.Allocate<double>(rows * size.Width);
        KernelValues = device.Allocate<double>(rows * size.SparsePoints);
        Energies = device.Allocate<double>(rows * (size.SparsePoints / DeviceSoapForces.ProductColumns));
        Norms = device.Allocate<double>(Centres);
        all = [Coefficients, Derivatives, Descriptors, Slopes, KernelValues, Energies, Norms];
    }

    /// <summary>Centres that there is room for at once.</summary>
    public int Centres { get; }

    public DeviceBuffer<double> Coefficients { get; }

    public DeviceBuffer<double> Derivatives { get; }

    public DeviceBuffer<double> Descriptors { get; }

    public DeviceBuffer<double> Slopes { get; }

    public DeviceBuffer<double> KernelValues { get; }

    public DeviceBuffer<double> Energies { get; }

    public DeviceBuffer<double> Norms { get; }

    public void Dispose()
    {
        foreach (var buffer in all)
        {
            buffer.Dispose();
        }
    }

    /// <summary>Doubles for each centre.</summary>
    /// <param name="Coefficients">Of its density.</param>
    /// <param name="Width">Of its descriptor, in whole blocks of columns.</param>
    /// <param name="SparsePoints">In whole blocks of columns.</param>
    internal readonly record struct Size(int Coefficients, int Width, int SparsePoints)
    {
        /// <summary>Rows that products are taken of.</summary>
        public const int Block = DeviceSoapForces.ProductRows;

        /// <summary>Rows of some centres, in whole blocks.</summary>
        public static long RowsOf(long centres) => (centres + Block - 1) / Block * Block;

        /// <summary>As many centres as there is room for and are of use; 0 where not even a block fits.</summary>
        public int CentresIn(DeviceRoom room, int most) => (int)Math.Min(most, room.For(Bytes(1), LargestOf(1)) * Block);

        /// <summary>Bytes of some blocks.</summary>
        public long Bytes(long blocks) => sizeof(double) * blocks * Block * (2L * Coefficients + 2 * Width + SparsePoints + SparsePoints / DeviceSoapForces.ProductColumns + 1);

        /// <summary>Bytes of the largest buffer of some blocks.</summary>
        public long LargestOf(long blocks) => sizeof(double) * blocks * Block * Math.Max(Coefficients, Math.Max(Width, SparsePoints));
    }
}
