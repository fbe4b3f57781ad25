using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>
/// Gradients by a part of a layer's weights, ∂f_c/∂W = Σ_p g_p a_pᵀ for rows of W from first to last, of all samples of a few tiles: [samples, C · w]. Weights are taken in parts
/// whose size depends on the layer alone, so that memory stays bounded and the result does not depend on it.
/// </summary>
internal sealed class ExplicitGradients<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Elements of a sample's gradients, all outputs together, that a part has about.</summary>
    private const int PartElements = 1 << 14;

    private const int SamplesPerTask = 8;

    private readonly MatrixBuffer<T>[] buffers;

    private ExplicitGradients(MatrixBuffer<T>[] buffers) => this.buffers = buffers;

    /// <summary>Rows of W in a part.</summary>
    public static int PartRows(int outputs, int inputWidth) => Math.Max(1, PartElements / Math.Max(1, outputs * inputWidth));

    /// <summary>Elements that a sample needs.</summary>
    public static long ElementsPerSample(LayerShape shape, int outputs) =>
        (long)outputs * shape.InputWidth * Math.Min(shape.GradientWidth, PartRows(outputs, shape.InputWidth));

    /// <summary>The gradients by rows <paramref name="first"/> to <paramref name="last"/> − 1 of W.</summary>
    public static ExplicitGradients<T> OfWeights(FactorTile<T>[] tiles, int layer, int first, int last, LinearAlgebra algebra, Workers workers) =>
        Form(tiles, layer, tiles[0].Layers[layer].Inputs!.Values.Columns * (last - first), workers, (prepared, sample, row) =>
        {
            var (start, count) = (prepared.Offsets[sample], prepared.Offsets[sample + 1] - prepared.Offsets[sample]);
            var inputs = prepared.Inputs!.Values;
            var a = inputs.Block(start, 0, count, inputs.Columns);
            for (var c = 0; c < prepared.Outputs; c++)
            {
                var g = prepared.Gradients.Block(start, c * prepared.Width + first, count, last - first);
                var size = (last - first) * inputs.Columns;
                algebra.Gemm(T.One, g.Transposed, a, T.Zero, row.Block(0, c * size, 1, size).Reshaped(last - first, inputs.Columns));
            }
        });

    /// <summary>The gradients by the bias: sums of derivatives over positions.</summary>
    public static ExplicitGradients<T> OfBias(FactorTile<T>[] tiles, int layer, Workers workers) =>
        Form(tiles, layer, tiles[0].Layers[layer].Width, workers, (prepared, sample, row) =>
        {
            var sum = row.Row(0);
            for (var p = prepared.Offsets[sample]; p < prepared.Offsets[sample + 1]; p++)
            {
                TensorPrimitives.Add<T>(sum, prepared.Gradients.Row(p), sum);
            }
        });

    /// <summary>The gradients of a tile.</summary>
    public Matrix<T> Of(int tile) => buffers[tile].Matrix;

    public void Dispose() => Array.ForEach(buffers, b => b.Dispose());

    private static ExplicitGradients<T> Form(FactorTile<T>[] tiles, int layer, int size, Workers workers, Action<PreparedLayer<T>, int, Matrix<T>> form)
    {
        var buffers = Array.ConvertAll(tiles, t => new MatrixBuffer<T>(t.Count, t.Layers[layer].Outputs * size));
        for (var k = 0; k < tiles.Length; k++)
        {
            var (prepared, matrix) = (tiles[k].Layers[layer], buffers[k].Matrix);
            workers.For(tiles[k].Count, SamplesPerTask, (start, end) =>
            {
                for (var sample = start; sample < end; sample++)
                {
                    form(prepared, sample, matrix.Block(sample, 0, 1, matrix.Columns));
                }
            });
        }
        return new(buffers);
    }
}
