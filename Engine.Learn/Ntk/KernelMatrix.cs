using Engine.Kernels.Algebra;

namespace Engine.Learn.Ntk;

/// <summary>An empirical neural tangent kernel in double precision, with what it takes to read it.</summary>
public sealed class KernelMatrix : IDisposable
{
    private readonly MatrixBuffer<double> buffer;

    internal KernelMatrix(OutputReduction reduction, int outputs, int rowSamples, int columnSamples, bool symmetric)
    {
        (Reduction, Outputs, RowSamples, ColumnSamples, IsSymmetric) = (reduction, outputs, rowSamples, columnSamples, symmetric);
        buffer = new(reduction.RowsOf(rowSamples, outputs), reduction.ColumnsOf(columnSamples, outputs));
    }

    /// <summary>What became of the output axes.</summary>
    public OutputReduction Reduction { get; }

    /// <summary>C, outputs of the network.</summary>
    public int Outputs { get; }

    public int RowSamples { get; }

    public int ColumnSamples { get; }

    /// <summary>Whether rows and columns are the same samples.</summary>
    public bool IsSymmetric { get; }

    /// <summary>The elements, in the layout that <see cref="OutputReduction"/> tells; of C blocks for <see cref="OutputReduction.Diagonal"/>, see <see cref="Block"/>.</summary>
    public Matrix<double> Values => buffer.Matrix;

    public long Bytes => buffer.Bytes;

    /// <summary>The kernel of one output, of <see cref="OutputReduction.Diagonal"/>.</summary>
    public Matrix<double> Block(int output) => Reduction.Kind == OutputReductionKind.Diagonal
        ? Values.Block(output * RowSamples, 0, RowSamples, ColumnSamples)
        : throw new InvalidOperationException($"a kernel with the reduction {Reduction} has no blocks by output");

    public void Dispose() => buffer.Dispose();
}
