using System.Numerics;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Algebra;

/// <summary>What the processor's libraries share: products and factors by tiles, whose size does not depend on the number of threads.</summary>
internal abstract class ProcessorAlgebra(Workers workers) : LinearAlgebra
{
    /// <summary>Rows and columns of a tile of a product: packing both factors costs about 1/Tile of it.</summary>
    private const int Tile = 384;

    private protected sealed override void Multiply<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
    {
        var (rows, columns) = (Tiles(c.Rows), Tiles(c.Columns));
        workers.Run(rows * columns, task =>
        {
            var (i, j) = Math.DivRem(task, columns);
            MultiplyTile(alpha, Rows(a, i), Rows(b.Transposed, j).Transposed, beta, TileOf(c, i, j));
        });
    }

    private protected sealed override void MultiplyByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c)
    {
        var tiles = Tiles(c.Rows);
        workers.Run(tiles * (tiles + 1) / 2, task =>
        {
            var i = (int)((Math.Sqrt(8.0 * task + 1) - 1) / 2);
            var j = task - i * (i + 1) / 2;
            if (i == j)
            {
                MultiplyTileByTransposed(alpha, Rows(a, i), beta, TileOf(c, i, i));
            }
            else
            {
                MultiplyTile(alpha, Rows(a, i), Rows(a, j).Transposed, beta, TileOf(c, i, j));
            }
        });
        Triangle.Mirror(c, workers);
    }

    /// <summary>By blocks: the factor of a diagonal block, the rows below it, and what they take from the rest.</summary>
    private protected sealed override void FactorCholesky(Matrix<double> a)
    {
        const int Block = 192;
        for (var start = 0; start < a.Rows; start += Block)
        {
            var size = Math.Min(Block, a.Rows - start);
            var (end, diagonal) = (start + size, a.Block(start, start, size, size));
            var broken = FactorBlock(diagonal);
            if (broken >= 0)
            {
                throw NotPositive(start + broken);
            }
            var (rest, tiles) = (a.Rows - end, (a.Rows - end + Block - 1) / Block);
            Matrix<double> Rows(int i) => a.Block(end + i * Block, start, Math.Min(Block, rest - i * Block), size);
            // X Lᵀ = A, row by row of X.
            workers.Run(tiles, i => SolveFromRight(diagonal, Rows(i)));
            workers.Run(tiles * (tiles + 1) / 2, task =>
            {
                var i = (int)((Math.Sqrt(8.0 * task + 1) - 1) / 2);
                var j = task - i * (i + 1) / 2;
                var (left, right) = (Rows(i), Rows(j));
                MultiplyTile(-1, left, right.Transposed, 1, a.Block(end + i * Block, end + j * Block, left.Rows, right.Rows));
            });
        }
    }

    /// <summary>C ← α A B + β C by one thread.</summary>
    private protected abstract void MultiplyTile<T>(T alpha, Matrix<T> a, Matrix<T> b, T beta, Matrix<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The lower triangle of C ← α A Aᵀ + β C by one thread; what is above it has no meaning afterwards.</summary>
    private protected abstract void MultiplyTileByTransposed<T>(T alpha, Matrix<T> a, T beta, Matrix<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Cholesky factor by one thread; the row that is not positive, or −1.</summary>
    private protected abstract int FactorBlock(Matrix<double> a);

    /// <summary>X ← X L⁻ᵀ by one thread.</summary>
    private protected abstract void SolveFromRight(Matrix<double> lower, Matrix<double> x);

    private static int Tiles(int n) => (n + Tile - 1) / Tile;

    private static Matrix<T> Rows<T>(Matrix<T> a, int i)
        where T : unmanaged => a.Block(i * Tile, 0, Math.Min(Tile, a.Rows - i * Tile), a.Columns);

    private static Matrix<T> TileOf<T>(Matrix<T> c, int i, int j)
        where T : unmanaged => c.Block(i * Tile, j * Tile, Math.Min(Tile, c.Rows - i * Tile), Math.Min(Tile, c.Columns - j * Tile));
}
