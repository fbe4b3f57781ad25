using System.Collections.Concurrent;
using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>Adds to the kernel what the tiles in memory have for it: a pair of tiles is one thread's, so that an element is summed by layers in the order of the network.</summary>
internal sealed class KernelWork<T>(
    LayerKernel<T> layerKernel, LinearAlgebra algebra, Workers workers, ConcurrentBag<PairScratch<T>> scratches, KernelPlan plan, Matrix<double>[] kernels,
    IProgress<double>? progress, CancellationToken cancellation) : IKernelWork<T, TileBlock<T>>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private int pairsDone;

    public TileBlock<T> Load(IFactorSource<T> source, TileGrid grid, int block) => TileBlock<T>.Load(source, grid, block, plan.Reduction, workers);

    /// <summary>The pairs of tiles of two blocks, or of one with itself: its lower triangle.</summary>
    public void Add(TileBlock<T> left, TileBlock<T> right)
    {
        var same = ReferenceEquals(left, right);
        var pairs = left.Tiles.SelectMany((_, i) => Enumerable.Range(0, same ? i + 1 : right.Tiles.Length).Select(j => (i, j))).ToArray();
        Run(pairs, (i, j, scratch) => AddProducts(left.Tiles[i], right.Tiles[j], scratch));
        for (var layer = 0; layer < plan.Explicit.Length; layer++)
        {
            if (plan.Explicit[layer])
            {
                AddGradients(left.Tiles, right.Tiles, same, pairs, layer);
            }
        }
        pairsDone += pairs.Length;
        progress?.Report(pairsDone / plan.PairsOfTiles);
    }

    private void AddProducts(FactorTile<T> x, FactorTile<T> y, PairScratch<T> scratch)
    {
        for (int layer = 0, end; layer < plan.Explicit.Length; layer = end)
        {
            end = layer + 1;
            if (plan.Explicit[layer])
            {
                continue;
            }
            while (end < plan.Explicit.Length && !plan.Explicit[end] && SharesInputs(x, end) && SharesInputs(y, end))
            {
                end++;
            }
            layerKernel.Add(x, y, layer, end, kernels, scratch);
        }
    }

    private void AddGradients(FactorTile<T>[] left, FactorTile<T>[] right, bool same, (int I, int J)[] pairs, int layer)
    {
        var prepared = left[0].Layers[layer];
        var parts = new GradientParts(prepared.Outputs, prepared.Inputs!.Values.Columns, prepared.Width, plan.Reduction);
        using var rows = new ExplicitGradients<T>(left, layer, parts, algebra, workers);
        using var columns = same ? rows : new(right, layer, parts, algebra, workers);
        foreach (var part in parts.OfWeights())
        {
            Add(part, g => g.OfWeights(part), plan.Weight * prepared.WeightScale * prepared.WeightScale);
        }
        foreach (var part in prepared.BiasScale == 0 ? [] : parts.OfBias())
        {
            Add(part, g => g.OfBias(part), plan.Weight * prepared.BiasScale * prepared.BiasScale);
        }

        void Add(GradientParts.Part part, Func<ExplicitGradients<T>, Matrix<T>[]> form, double scale)
        {
            var formed = form(rows);
            var others = same ? formed : form(columns);
            Run(pairs, (i, j, scratch) => layerKernel.AddPart(left[i], right[j], formed[i], others[j], prepared.Outputs, part, scale, kernels[layer], scratch));
        }
    }

    private void Run((int I, int J)[] pairs, Action<int, int, PairScratch<T>> add) => workers.Run(pairs.Length, task =>
    {
        cancellation.ThrowIfCancellationRequested();
        if (!scratches.TryTake(out var scratch))
        {
            scratch = new();
        }
        add(pairs[task].I, pairs[task].J, scratch);
        scratches.Add(scratch);
    });

    private static bool SharesInputs(FactorTile<T> tile, int layer) => tile.Layers[layer].Rule == LayerRule.Product && !tile.Layers[layer].OwnsInputs;
}
