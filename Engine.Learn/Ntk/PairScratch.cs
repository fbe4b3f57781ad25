using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;

namespace Engine.Learn.Ntk;

/// <summary>Memory for the two Gram matrices of a pair of tiles, and for what gradients are formed from; one for each thread.</summary>
internal sealed class PairScratch<T> : IDisposable
    where T : unmanaged
{
    private readonly AlignedBuffer<T> inputs = new();
    private readonly AlignedBuffer<T> gradients = new();

    /// <summary>Rows of derivatives, side by side.</summary>
    public AlignedBuffer<T> Rows { get; } = new();

    public Matrix<T> Inputs(int rows, int columns) => Of(inputs, rows, columns);

    public Matrix<T> Gradients(int rows, int columns) => Of(gradients, rows, columns);

    public void Dispose()
    {
        Rows.Dispose();
        inputs.Dispose();
        gradients.Dispose();
    }

    private static Matrix<T> Of(AlignedBuffer<T> buffer, int rows, int columns)
    {
        buffer.Require(checked(rows * columns));
        return new(buffer, rows, columns);
    }
}
