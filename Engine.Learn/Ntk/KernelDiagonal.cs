using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Ntk;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>Θ[i, c; i, c], the squared norms of gradients, sample by sample: (s²|a|² + t²)|g|² for one position, else by whichever of the routes is shorter.</summary>
internal sealed class KernelDiagonal<T>(LinearAlgebra algebra, Workers workers)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int SamplesPerTask = 16;

    /// <summary>Adds all layers of a tile's samples: [samples, C].</summary>
    public unsafe void Add(FactorTile<T> tile, Span<double> sums)
    {
        fixed (double* target = sums)
        {
            var all = new Matrix<double>(target, tile.Count, sums.Length / Math.Max(1, tile.Count), sums.Length / Math.Max(1, tile.Count));
            workers.For(tile.Count, SamplesPerTask, (start, end) =>
            {
                using var scratch = new PairScratch<T>();
                foreach (var layer in tile.Layers)
                {
                    for (var sample = start; sample < end; sample++)
                    {
                        Add(layer, sample, all.Block(sample, 0, 1, layer.Outputs), scratch);
                    }
                }
            });
        }
    }

    private void Add(PreparedLayer<T> layer, int sample, Matrix<double> sums, PairScratch<T> scratch)
    {
        var (start, count) = (layer.Offsets[sample], layer.Offsets[sample + 1] - layer.Offsets[sample]);
        var (scale, offset) = (layer.WeightScale * layer.WeightScale, layer.BiasScale * layer.BiasScale);
        if (layer.Rule == LayerRule.Product && count > 1)
        {
            AddPositions(layer, start, count, sums, scale, offset, scratch);
            return;
        }
        for (var p = start; p < start + count; p++)
        {
            var factor = layer.Rule == LayerRule.Product ? scale * Square(layer.Inputs!.Values.Row(p)) + offset : scale;
            for (var c = 0; c < layer.Outputs; c++)
            {
                sums[0, c] += factor * Square(layer.Gradients.Row(p).Slice(c * layer.Width, layer.Width));
            }
        }
    }

    private void AddPositions(PreparedLayer<T> layer, int start, int count, Matrix<double> sums, double scale, double offset, PairScratch<T> scratch)
    {
        var inputs = layer.Inputs!.Values;
        var a = inputs.Block(start, 0, count, inputs.Columns);
        var formed = (double)count * layer.Outputs * inputs.Columns * layer.Width < (double)count * count * (inputs.Columns + layer.Outputs * layer.Width);
        var products = formed ? scratch.Inputs(layer.Width, inputs.Columns) : scratch.Inputs(count, count);
        if (!formed)
        {
            algebra.Gemm(T.One, a, a.Transposed, T.Zero, products);
        }
        for (var c = 0; c < layer.Outputs; c++)
        {
            var g = layer.Gradients.Block(start, c * layer.Width, count, layer.Width);
            if (formed)
            {
                algebra.Gemm(T.One, g.Transposed, a, T.Zero, products);
                sums[0, c] += scale * Enumerable.Range(0, layer.Width).Sum(row => Square(products.Row(row))) + (offset == 0 ? 0 : offset * SquareOfSum(g));
                continue;
            }
            var gram = scratch.Gradients(count, count);
            algebra.Gemm(T.One, g, g.Transposed, T.Zero, gram);
            GramCombine.Contract(products, gram, [0, count], [0, count], scale, offset, sums.Block(0, c, 1, 1));
        }
    }

    private static double SquareOfSum(Matrix<T> rows)
    {
        var sum = new T[rows.Columns];
        for (var p = 0; p < rows.Rows; p++)
        {
            TensorPrimitives.Add<T>(sum, rows.Row(p), sum);
        }
        return Square(sum);
    }

    private static double Square(ReadOnlySpan<T> values) => double.CreateTruncating(TensorPrimitives.SumOfSquares(values));
}
