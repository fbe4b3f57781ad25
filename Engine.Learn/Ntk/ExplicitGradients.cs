using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Engine.Kernels.Algebra;
using Engine.Kernels.Ntk;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>
/// Gradients by a part of a layer's weights, ∂f_c/∂W = Σ_p g_p a_pᵀ, of all samples of a few tiles. A part is some rows of W, for one output where outputs do not mix and for all of
/// them else. Parts have a size that depends on the layer alone, so that memory stays bounded and the result does not depend on it.
/// </summary>
internal sealed class ExplicitGradients<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int SamplesPerTask = 4;

    /// <summary>Elements of a line of the cache.</summary>
    private static readonly int Line = 64 / Unsafe.SizeOf<T>();

    private readonly FactorTile<T>[] tiles;
    private readonly int layer;
    private readonly int rowsPerSample;
    private readonly LinearAlgebra algebra;
    private readonly Workers workers;
    private readonly ScratchPool<T> scratches;
    private readonly MatrixBuffer<T>[] buffers;
    private readonly (int Tile, int Start, int End)[] tasks;

    /// <param name="tiles">Whose samples.</param>
    /// <param name="layer">Which layer.</param>
    /// <param name="parts">How its weights are cut.</param>
    /// <param name="reduction">Whether outputs are rows.</param>
    /// <param name="algebra">Of one thread.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="scratches">Memory of its threads.</param>
    public ExplicitGradients(
        FactorTile<T>[] tiles, int layer, GradientParts parts, OutputReduction reduction, LinearAlgebra algebra, Workers workers, ScratchPool<T> scratches)
    {
        (this.tiles, this.layer, this.algebra, this.workers, this.scratches) = (tiles, layer, algebra, workers, scratches);
        rowsPerSample = reduction.Kind == OutputReductionKind.Full ? tiles[0].Layers[layer].Outputs : 1;
        // An odd number of lines from row to row: with a power of two, all rows would fall on the same lines of the caches.
        var lines = ((parts.Elements + rowsPerSample - 1) / rowsPerSample + Line - 1) / Line | 1;
        buffers = Array.ConvertAll(tiles, t => new MatrixBuffer<T>(t.Count * rowsPerSample, lines * Line));
        tasks = [.. tiles.SelectMany((t, k) => Enumerable.Range(0, (t.Count + SamplesPerTask - 1) / SamplesPerTask)
            .Select(s => (k, s * SamplesPerTask, Math.Min(t.Count, (s + 1) * SamplesPerTask))))];
    }

    /// <summary>The gradients by a part of the weights: for each tile [samples, outputs · rows · a], or [samples · outputs, rows · a] where all pairs of outputs are wanted.</summary>
    public Matrix<T>[] OfWeights(GradientParts.Part part) => Form(part, part.Rows * tiles[0].Layers[layer].Inputs!.Values.Columns, (prepared, sample, c, row, scratch) =>
    {
        var (start, count) = (prepared.Offsets[sample], prepared.Offsets[sample + 1] - prepared.Offsets[sample]);
        var (inputs, gradient) = (prepared.Inputs!.Values, row.Reshaped(part.Rows, prepared.Inputs.Values.Columns));
        var a = inputs.Block(start, 0, count, inputs.Columns);
        var g = prepared.Gradients.Block(c * prepared.Offsets[^1] + start, part.FirstRow, count, part.Rows);
        if (GradientProducts.CanForm<T>(gradient.Rows, gradient.Columns))
        {
            GradientProducts.Form(g, a, gradient, scratch.Rows);
        }
        else
        {
            algebra.Gemm(T.One, g.Transposed, a, T.Zero, gradient);
        }
    });

    /// <summary>The gradients by the bias for the outputs of a part, sums of derivatives over positions: for each tile [samples, outputs · b], or [samples · outputs, b].</summary>
    public Matrix<T>[] OfBias(GradientParts.Part part) => Form(part, tiles[0].Layers[layer].Width, (prepared, sample, c, row, _) =>
    {
        var sum = row.Row(0);
        sum.Clear();
        for (var p = prepared.Offsets[sample]; p < prepared.Offsets[sample + 1]; p++)
        {
            TensorPrimitives.Add<T>(sum, prepared.Gradients.Row(c * prepared.Offsets[^1] + p), sum);
        }
    });

    public void Dispose() => Array.ForEach(buffers, b => b.Dispose());

    /// <param name="part">Which outputs.</param>
    /// <param name="elements">Of an output.</param>
    /// <param name="form">Forms those of a sample and an output.</param>
    private Matrix<T>[] Form(GradientParts.Part part, int elements, Action<PreparedLayer<T>, int, int, Matrix<T>, PairScratch<T>> form)
    {
        var outputsPerRow = part.Outputs / rowsPerSample;
        var formed = Array.ConvertAll(buffers, b => b.Matrix.Block(0, 0, b.Rows, outputsPerRow * elements));
        workers.Run(tasks.Length, task => scratches.Use(scratch =>
        {
            var (tile, start, end) = tasks[task];
            for (var sample = start; sample < end; sample++)
            {
                for (var c = 0; c < part.Outputs; c++)
                {
                    var (row, place) = Math.DivRem(c, outputsPerRow);
                    form(tiles[tile].Layers[layer], sample, part.FirstOutput + c, formed[tile].Block(sample * rowsPerSample + row, place * elements, 1, elements), scratch);
                }
            }
        }));
        return formed;
    }
}
