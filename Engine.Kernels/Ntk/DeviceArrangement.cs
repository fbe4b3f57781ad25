using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;

namespace Engine.Kernels.Ntk;

/// <summary>
/// Brings what passes of a network leave, output by output, into the order of <see cref="DeviceFactors{T}"/>: memory of the same device is read where it is, that of the host is copied first.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class DeviceArrangement<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Group = 256;

    private readonly Device device;
    private readonly DeviceKernel arrange;

    /// <summary>Of each matrix that is looked through for what is no number: rows minus the first row with such.</summary>
    private readonly DeviceBuffer<int> bad;
    private readonly int[] rows;
    private DeviceBuffer<T> copied;

    /// <param name="device">Where.</param>
    /// <param name="matrices">How many are brought into order before somebody asks for numbers that are none.</param>
    public DeviceArrangement(Device device, int matrices)
    {
        this.device = device;
        arrange = device.Compile(KernelText.Load("ntk.cl", null, ("REAL", typeof(T) == typeof(double) ? "double" : "float")))["ntk_arrange"];
        rows = new int[matrices];
        bad = device.Allocate<int>(matrices);
        bad.Clear();
        copied = device.Allocate<T>(1);
    }

    /// <summary>One matrix.</summary>
    /// <param name="passes">[outputs · positions, width], output by output.</param>
    /// <param name="positions">Of an output.</param>
    /// <param name="wanted">The positions that are wanted, from the first to that before the last.</param>
    /// <param name="firstOutput">The first output that is wanted.</param>
    /// <param name="outputs">How many outputs are wanted.</param>
    /// <param name="lists">Which of the wanted positions, counted from the first of them, make up each row; null: each is one.</param>
    /// <param name="directions">[outputs, width]: all outputs become one, each multiplied with its row; empty: they stay.</param>
    /// <param name="target">Gets [rows, outputs · width].</param>
    /// <param name="firstRow">Where the first row goes.</param>
    /// <param name="matrix">The number of the matrix in <see cref="FirstBadRows"/>.</param>
    /// <returns>Rows that were made.</returns>
    public int Arrange(
        Matrix<T> passes, int positions, Range wanted, int firstOutput, int outputs, (int[] Starts, int[] Order)? lists, Matrix<T> directions, DeviceBuffer<T> target, int firstRow, int matrix)
    {
        var (first, count) = wanted.GetOffsetAndLength(positions);
        var made = rows[matrix] = lists is { } given ? given.Starts.Length - 1 : count;
        if (made == 0 || passes.Columns == 0)
        {
            return made;
        }
        var (source, between) = (KernelArgument.At<T>((nint)passes.At(firstOutput * positions + first, 0)), positions);
        if (passes.Device is null)
        {
            Copy(passes, positions, first, count, firstOutput, outputs);
            (source, between) = (copied, count);
        }
        using var starts = device.Allocate<int>(lists is null ? [0] : lists.Value.Starts);
        using var order = device.Allocate<int>(lists is null ? [0] : lists.Value.Order);
        var collapses = directions.Columns > 0;
        using var factors = collapses && directions.Device is null ? device.Allocate<T>(directions.Reshaped(1, directions.Rows * directions.Columns).Row(0)) : null;
        var kept = collapses ? 1 : outputs;
        arrange.Launch(
            checked(made * kept * passes.Columns), Group, source, between, passes.Stride, outputs, passes.Columns, lists is null ? 0 : 1, starts, order, collapses ? 1 : 0,
            !collapses ? copied : factors is not null ? factors : KernelArgument.At<T>((nint)directions.At(0, 0)), target, firstRow, made, bad, matrix);
        return made;
    }

    /// <summary>Waits, and tells of each matrix the first row with something that is no number, or −1; then begins anew.</summary>
    public int[] FirstBadRows()
    {
        var found = bad.ToArray();
        bad.Clear();
        return [.. found.Select((left, m) => left == 0 ? -1 : rows[m] - left)];
    }

    public void Dispose()
    {
        bad.Dispose();
        copied.Dispose();
    }

    private void Copy(Matrix<T> passes, int positions, int first, int count, int firstOutput, int outputs)
    {
        // Rows with what lies between them.
        var length = checked((count - 1) * passes.Stride + passes.Columns);
        var step = (long)count * passes.Stride;
        if (copied.Length < outputs * step)
        {
            copied.Dispose();
            copied = device.Allocate<T>(outputs * step);
        }
        for (var c = 0; c < outputs; c++)
        {
            copied.Upload(new(passes.At((firstOutput + c) * positions + first, 0), length), c * step);
        }
    }
}
