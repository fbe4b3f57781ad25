using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
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

    private readonly FactorTile<T>[] tiles;
    private readonly int layer;
    private readonly LinearAlgebra algebra;
    private readonly Workers workers;
    private readonly MatrixBuffer<T>[] buffers;
    private readonly (int Tile, int Start, int End)[] tasks;

    /// <param name="tiles">Whose samples.</param>
    /// <param name="layer">Which layer.</param>
    /// <param name="parts">How its weights are cut.</param>
    /// <param name="algebra">Of one thread.</param>
    /// <param name="workers">The thread team.</param>
    public ExplicitGradients(FactorTile<T>[] tiles, int layer, GradientParts parts, LinearAlgebra algebra, Workers workers)
    {
        (this.tiles, this.layer, this.algebra, this.workers) = (tiles, layer, algebra, workers);
        buffers = Array.ConvertAll(tiles, t => new MatrixBuffer<T>(t.Count, parts.Elements));
        tasks = [.. tiles.SelectMany((t, k) => Enumerable.Range(0, (t.Count + SamplesPerTask - 1) / SamplesPerTask)
            .Select(s => (k, s * SamplesPerTask, Math.Min(t.Count, (s + 1) * SamplesPerTask))))];
    }

    /// <summary>The gradients by a part of the weights: for each tile [samples, outputs · rows · a].</summary>
    public Matrix<T>[] OfWeights(GradientParts.Part part) => Form(part.Outputs * part.Rows * tiles[0].Layers[layer].Inputs!.Values.Columns, (prepared, sample, row) =>
    {
        var (start, count) = (prepared.Offsets[sample], prepared.Offsets[sample + 1] - prepared.Offsets[sample]);
        var inputs = prepared.Inputs!.Values;
        var (a, size) = (inputs.Block(start, 0, count, inputs.Columns), part.Rows * inputs.Columns);
        if (part.Rows == prepared.Width)
        {
            var all = prepared.Gradients.Block(start, part.FirstOutput * prepared.Width, count, part.Outputs * prepared.Width);
            algebra.Gemm(T.One, all.Transposed, a, T.Zero, row.Reshaped(part.Outputs * part.Rows, inputs.Columns));
            return;
        }
        for (var c = 0; c < part.Outputs; c++)
        {
            var g = prepared.Gradients.Block(start, (part.FirstOutput + c) * prepared.Width + part.FirstRow, count, part.Rows);
            algebra.Gemm(T.One, g.Transposed, a, T.Zero, row.Block(0, c * size, 1, size).Reshaped(part.Rows, inputs.Columns));
        }
    });

    /// <summary>The gradients by the bias for the outputs of a part, sums of derivatives over positions: for each tile [samples, outputs · b].</summary>
    public Matrix<T>[] OfBias(GradientParts.Part part) => Form(part.Outputs * tiles[0].Layers[layer].Width, (prepared, sample, row) =>
    {
        var sum = row.Row(0);
        sum.Clear();
        for (var p = prepared.Offsets[sample]; p < prepared.Offsets[sample + 1]; p++)
        {
            TensorPrimitives.Add<T>(sum, prepared.Gradients.Row(p).Slice(part.FirstOutput * prepared.Width, sum.Length), sum);
        }
    });

    public void Dispose() => Array.ForEach(buffers, b => b.Dispose());

    private Matrix<T>[] Form(int elements, Action<PreparedLayer<T>, int, Matrix<T>> form)
    {
        var formed = Array.ConvertAll(buffers, b => b.Matrix.Reshaped(1, checked(b.Rows * b.Columns)).Block(0, 0, 1, b.Rows * elements).Reshaped(b.Rows, elements));
        workers.Run(tasks.Length, task =>
        {
            var (tile, start, end) = tasks[task];
            for (var sample = start; sample < end; sample++)
            {
                form(tiles[tile].Layers[layer], sample, formed[tile].Block(sample, 0, 1, elements));
            }
        });
        return formed;
    }
}
