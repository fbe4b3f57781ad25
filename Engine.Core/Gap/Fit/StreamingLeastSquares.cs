using Engine.Kernels.Algebra;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Core.Gap.Fit;

/// <summary>
/// min ‖A x − b‖ for an A of any height: blocks of rows are joined to the triangular factor of the rows before, A = Q R, which alone is kept. As stable as a QR decomposition of
/// the whole, in the memory of one block.
/// </summary>
internal sealed class StreamingLeastSquares : IDisposable
{
    private readonly int columns;
    private readonly LinearAlgebra algebra;
    private readonly AlignedBuffer<double> rows;
    private readonly AlignedBuffer<double> values;

    /// <param name="columns">Unknowns.</param>
    /// <param name="capacity">Most rows of a block.</param>
    /// <param name="workers">The thread team.</param>
    public StreamingLeastSquares(int columns, int capacity, Workers workers)
    {
        (this.columns, Capacity) = (columns, capacity);
        algebra = LinearAlgebra.OfProcessor(workers);
        rows = new((columns + capacity) * columns);
        values = new(columns + capacity);
    }

    public int Capacity { get; }

    /// <summary>The triangular factor so far; to begin with, whatever upper triangle is put there.</summary>
    public Matrix<double> Factor => new(rows, columns, columns);

    /// <summary>Room for the next rows, all 0.</summary>
    public Matrix<double> Block => new Matrix<double>(rows, columns + Capacity, columns).Block(columns, 0, Capacity, columns);

    /// <summary>Right-hand side of the rows of <see cref="Block"/>.</summary>
    public Span<double> Values => values.Span.Slice(columns, Capacity);

    /// <summary>Takes in the first rows of <see cref="Block"/> and clears them.</summary>
    public void Absorb(int count)
    {
        algebra.QR(new(rows, columns + count, columns), new(values, columns + count, 1));
        for (var i = 0; i < columns; i++)
        {
            Factor.Row(i)[..i].Clear();
        }
        for (var i = 0; i < count; i++)
        {
            Block.Row(i).Clear();
        }
        Values[..count].Clear();
    }

    /// <summary>The solution of all rows taken in.</summary>
    public double[] Solve()
    {
        using var solution = new AlignedBuffer<double>(columns);
        values.Span[..columns].CopyTo(solution.Span);
        algebra.SolveTriangular(Factor, lower: false, new(solution, columns, 1));
        return solution.Span[..columns].ToArray();
    }

    public void Dispose()
    {
        rows.Dispose();
        values.Dispose();
        algebra.Dispose();
    }
}
