using System.Numerics;
using Engine.Kernels.Algebra;

namespace Engine.Learn.Ntk;

/// <summary>The inputs of a layer, or of several that share them, of the samples of a tile.</summary>
internal sealed class PreparedInputs<T>(Matrix<T> origin, int positions) : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly MatrixBuffer<T> buffer = new(positions, origin.Columns);

    /// <summary>[positions, a].</summary>
    public Matrix<T> Values => buffer.Matrix;

    public void Dispose() => buffer.Dispose();
}
