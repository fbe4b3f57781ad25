using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Ntk;

namespace Engine.Learn.Ntk;

/// <summary>
/// What a layer adds to the kernel of two tiles of samples, by products of its factors: K_ij += Σ_pq (s² a_p·a_q + t²)(g_p·g_q), with s and t the scales of weights and bias. Every
/// product of matrices has a shape that depends on the tiles alone.
/// </summary>
/// <param name="algebra">Of one thread.</param>
/// <param name="reduction">What becomes of outputs.</param>
/// <param name="weight">What sums over outputs are multiplied with.</param>
internal sealed class LayerKernel<T>(LinearAlgebra algebra, OutputReduction reduction, double weight)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows of gradients up to which <see cref="GradientProducts"/> are faster than a BLAS: `attention` in KERNELS.md.</summary>
    private const int FewRows = 128;

    /// <summary>Whether the samples of a layer have several positions, all products of which are computed: group by group, see <see cref="AddGroups"/>.</summary>
    public static bool IsByPositions(FactorTile<T> x, FactorTile<T> y, int layer) =>
        x.Layers[layer].Rule == LayerRule.Product && !(x.Layers[layer].IsSinglePosition && y.Layers[layer].IsSinglePosition);

    /// <summary>Adds what layers of one position a sample, with the same inputs, have, or one layer.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="y">Columns.</param>
    /// <param name="start">The first layer.</param>
    /// <param name="end">After the last; the inputs of all are the same in both tiles.</param>
    /// <param name="kernels">The whole kernel that each layer adds to.</param>
    /// <param name="scratch">Of this thread.</param>
    public void Add(FactorTile<T> x, FactorTile<T> y, int start, int end, Matrix<double>[] kernels, PairScratch<T> scratch)
    {
        if (x.Layers[start].Rule == LayerRule.Table)
        {
            AddTable(x, y, x.Layers[start], y.Layers[start], kernels[start]);
        }
        else
        {
            AddSamples(x, y, start, end, kernels, scratch);
        }
    }

    /// <summary>Adds what layers with the same inputs have for two groups of samples: the products of all their positions, summed over the positions of each pair of samples.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="y">Columns.</param>
    /// <param name="u">Group of the rows.</param>
    /// <param name="v">Group of the columns.</param>
    /// <param name="start">The first layer.</param>
    /// <param name="end">After the last.</param>
    /// <param name="kernels">The whole kernel that each layer adds to.</param>
    /// <param name="scratch">Of this thread.</param>
    public void AddGroups(FactorTile<T> x, FactorTile<T> y, int u, int v, int start, int end, Matrix<double>[] kernels, PairScratch<T> scratch)
    {
        var (first, other) = (x.Layers[start], y.Layers[start]);
        var (rows, columns) = (first.Offsets[first.Groups[u]..(first.Groups[u + 1] + 1)], other.Offsets[other.Groups[v]..(other.Groups[v + 1] + 1)]);
        var (n, m, same) = (rows[^1] - rows[0], columns[^1] - columns[0], ReferenceEquals(x, y) && u == v);
        if (n == 0 || m == 0)
        {
            return;
        }
        var products = Product(
            first.Inputs!.Values.Block(rows[0], 0, n, first.Inputs.Values.Columns), other.Inputs!.Values.Block(columns[0], 0, m, other.Inputs.Values.Columns), scratch.Inputs(n, m),
            same);
        for (var l = start; l < end; l++)
        {
            AddGroup(x, y, l, (first.Groups[u], rows), (other.Groups[v], columns), products, same, kernels[l], scratch);
        }
    }

    /// <summary>Adds products of gradients that were formed: [n, outputs · elements] for each tile, or [n · outputs, elements] for all pairs of outputs.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="y">Columns.</param>
    /// <param name="piece">Which samples of each.</param>
    /// <param name="left">Gradients of all rows.</param>
    /// <param name="right">Gradients of all columns.</param>
    /// <param name="outputs">C, those kept.</param>
    /// <param name="part">Which outputs they are of.</param>
    /// <param name="scale">Squared.</param>
    /// <param name="kernel">The whole kernel.</param>
    /// <param name="scratch">Of this thread.</param>
    public void AddPart(
        FactorTile<T> x, FactorTile<T> y, (int Row, int Rows, int Column, int Columns) piece, Matrix<T> left, Matrix<T> right, int outputs, GradientParts.Part part, double scale,
        Matrix<double> kernel, PairScratch<T> scratch)
    {
        var rowsPerSample = reduction.Kind == OutputReductionKind.Full ? outputs : 1;
        var (row, rows, column, columns) = (piece.Row * rowsPerSample, piece.Rows * rowsPerSample, piece.Column * rowsPerSample, piece.Columns * rowsPerSample);
        (left, right) = (left.Block(row, 0, rows, left.Columns), right.Block(column, 0, columns, right.Columns));
        var same = left.IsSameAs(right);
        var block = reduction.Kind == OutputReductionKind.Diagonal ? part.FirstOutput : 0;
        var place = Place(kernel, x, y, outputs, block).Block(row, column, rows, columns);
        if (GradientProducts.IsSupported && Math.Max(rows, columns) <= FewRows)
        {
            GradientProducts.Add(left, right, scale, place, same);
        }
        else
        {
            GramCombine.Add(Product(left, right, scratch.Gradients(rows, columns), same), scale, place, same);
        }
    }

    /// <summary>Samples with one position each: elementwise products of Gram matrices.</summary>
    private void AddSamples(FactorTile<T> x, FactorTile<T> y, int start, int end, Matrix<double>[] kernels, PairScratch<T> scratch)
    {
        var lower = ReferenceEquals(x, y);
        Matrix<T>? products = null;
        for (var l = start; l < end; l++)
        {
            var (left, right) = (x.Layers[l], y.Layers[l]);
            var (scale, offset) = (weight * left.WeightScale * left.WeightScale, weight * left.BiasScale * left.BiasScale);
            if (left.Rule == LayerRule.Vector)
            {
                for (var block = 0; block < Blocks(left.Outputs); block++)
                {
                    GramCombine.Add(Gram(left, right, block, scratch), scale, Place(kernels[l], x, y, left.Outputs, block), lower);
                }
                continue;
            }
            products ??= Product(left.Inputs!.Values, right.Inputs!.Values, scratch.Inputs(x.Count, y.Count), lower);
            for (var block = 0; block < Blocks(left.Outputs); block++)
            {
                GramCombine.Add(products.Value, Gram(left, right, block, scratch), scale, offset, Place(kernels[l], x, y, left.Outputs, block), lower);
            }
        }
    }

    private void AddGroup(
        FactorTile<T> x, FactorTile<T> y, int layer, (int Sample, int[] Offsets) rows, (int Sample, int[] Offsets) columns, Matrix<T> products, bool same, Matrix<double> kernel,
        PairScratch<T> scratch)
    {
        var (left, right) = (x.Layers[layer], y.Layers[layer]);
        var (scale, offset) = (weight * left.WeightScale * left.WeightScale, weight * left.BiasScale * left.BiasScale);
        var (a, b) = (Rows(left, rows.Offsets), Rows(right, columns.Offsets));
        var gram = scratch.Gradients(products.Rows, products.Columns);
        var (n, m) = (rows.Offsets.Length - 1, columns.Offsets.Length - 1);
        if (reduction.Kind == OutputReductionKind.Full)
        {
            var c = left.Outputs;
            for (var pair = 0; pair < c * c; pair++)
            {
                Product(a.Block(0, pair / c * left.Width, a.Rows, left.Width), b.Block(0, pair % c * left.Width, b.Rows, left.Width), gram, same && pair / c == pair % c);
                // The element of the first pair of samples, the last of which has other outputs after it.
                var (row, column) = ((x.Start + rows.Sample) * c + pair / c, (y.Start + columns.Sample) * c + pair % c);
                GramCombine.Contract(
                    products, gram, rows.Offsets, columns.Offsets, scale, offset, kernel.Block(row, column, (n - 1) * c + 1, (m - 1) * c + 1), c, c, same);
            }
            return;
        }
        for (var block = 0; block < Blocks(left.Outputs); block++)
        {
            var width = a.Columns / Blocks(left.Outputs);
            Product(a.Block(0, block * width, a.Rows, width), b.Block(0, block * width, b.Rows, width), gram, same);
            var place = Place(kernel, x, y, left.Outputs, block).Block(rows.Sample, columns.Sample, n, m);
            GramCombine.Contract(products, gram, rows.Offsets, columns.Offsets, scale, offset, place, lower: same);
        }
    }

    /// <summary>Embeddings: two samples have a product for each row of the table that both read.</summary>
    private void AddTable(FactorTile<T> x, FactorTile<T> y, PreparedLayer<T> left, PreparedLayer<T> right, Matrix<double> kernel)
    {
        var (c, width, lower) = (left.Outputs, left.Width, ReferenceEquals(x, y));
        var scale = weight * left.WeightScale * left.WeightScale;
        for (var i = 0; i < left.Samples; i++)
        {
            for (var j = 0; j < (lower ? i + 1 : right.Samples); j++)
            {
                var (p, q) = (left.Offsets[i], right.Offsets[j]);
                while (p < left.Offsets[i + 1] && q < right.Offsets[j + 1])
                {
                    var order = left.Tokens[p].CompareTo(right.Tokens[q]);
                    if (order == 0)
                    {
                        var g = left.Gradients.Row(p);
                        var h = right.Gradients.Row(q);
                        if (reduction.Kind is OutputReductionKind.Full)
                        {
                            for (var pair = 0; pair < c * c; pair++)
                            {
                                kernel[(x.Start + i) * c + pair / c, (y.Start + j) * c + pair % c] +=
                                    scale * Dot(g.Slice(pair / c * width, width), h.Slice(pair % c * width, width));
                            }
                        }
                        else
                        {
                            for (var block = 0; block < Blocks(c); block++)
                            {
                                var length = g.Length / Blocks(c);
                                Place(kernel, x, y, c, block)[i, j] += scale * Dot(g.Slice(block * length, length), h.Slice(block * length, length));
                            }
                        }
                    }
                    p += order <= 0 ? 1 : 0;
                    q += order >= 0 ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Products of samples: over all outputs at once, of one output, or of all pairs of outputs.</summary>
    private Matrix<T> Gram(PreparedLayer<T> x, PreparedLayer<T> y, int block, PairScratch<T> scratch)
    {
        var (left, right) = (x.Gradients, y.Gradients);
        if (reduction.Kind == OutputReductionKind.Full)
        {
            (left, right) = (ByOutput(left, x.Outputs), ByOutput(right, x.Outputs));
        }
        else if (reduction.Kind == OutputReductionKind.Diagonal)
        {
            (left, right) = (left.Block(0, block * x.Width, left.Rows, x.Width), right.Block(0, block * x.Width, right.Rows, x.Width));
        }
        return Product(left, right, scratch.Gradients(left.Rows, right.Rows), left.IsSameAs(right));
    }

    /// <param name="left">Rows.</param>
    /// <param name="right">Columns.</param>
    /// <param name="result">Gets the products.</param>
    /// <param name="same">Whether left is right.</param>
    private Matrix<T> Product(Matrix<T> left, Matrix<T> right, Matrix<T> result, bool same)
    {
        if (same)
        {
            algebra.Syrk(T.One, left, T.Zero, result);
        }
        else
        {
            algebra.Gemm(T.One, left, right.Transposed, T.Zero, result);
        }
        return result;
    }

    /// <summary>Kernels that are computed one after the other.</summary>
    private int Blocks(int outputs) => reduction.Kind == OutputReductionKind.Diagonal ? outputs : 1;

    /// <summary>Where in the whole kernel two tiles meet.</summary>
    private Matrix<double> Place(Matrix<double> kernel, FactorTile<T> x, FactorTile<T> y, int outputs, int block) => reduction.Kind switch
    {
        OutputReductionKind.Full => kernel.Block(x.Start * outputs, y.Start * outputs, x.Count * outputs, y.Count * outputs),
        OutputReductionKind.Diagonal => kernel.Block(kernel.Rows / outputs * block + x.Start, y.Start, x.Count, y.Count),
        _ => kernel.Block(x.Start, y.Start, x.Count, y.Count),
    };

    private static Matrix<T> ByOutput(Matrix<T> samples, int outputs) => samples.Reshaped(samples.Rows * outputs, samples.Columns / outputs);

    private static Matrix<T> Rows(PreparedLayer<T> layer, int[] offsets) => layer.Gradients.Block(offsets[0], 0, offsets[^1] - offsets[0], layer.Gradients.Columns);

    private static double Dot(ReadOnlySpan<T> g, ReadOnlySpan<T> h) => double.CreateTruncating(TensorPrimitives.Dot(g, h));
}
