using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>Adds to the kernel what the tiles in memory have for it: an element is one thread's at a time, and is summed by layers in an order that does not depend on the team.</summary>
internal sealed class KernelWork<T>(
    LinearAlgebra algebra, Workers workers, ScratchPool<T> scratches, KernelPlan plan, Matrix<double>[] kernels,
    IProgress<double>? progress, CancellationToken cancellation) : IKernelWork<T, TileBlock<T>>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Samples of formed gradients whose products with themselves are one task; of more, halves are.</summary>
    private const int SamplesAtOnce = 128;

    private readonly LayerKernel<T> layerKernel = new(algebra, plan.Reduction, plan.Weight);
    private int pairsDone;

    public TileBlock<T> Load(IFactorSource<T> source, TileGrid grid, int block) => TileBlock<T>.Load(source, grid, block, plan.Reduction, plan.Explicit, workers);

    /// <summary>The pairs of tiles of two blocks, or of one with itself: its lower triangle.</summary>
    public void Add(TileBlock<T> left, TileBlock<T> right)
    {
        var same = ReferenceEquals(left, right);
        var pairs = left.Tiles.SelectMany((_, i) => Enumerable.Range(0, same ? i + 1 : right.Tiles.Length).Select(j => (I: i, J: j))).ToArray();
        Run(pairs, (pair, scratch) => AddProducts(left.Tiles[pair.I], right.Tiles[pair.J], scratch));
        AddPositions(left.Tiles, right.Tiles, same, pairs);
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

    /// <summary>Layers of one position a sample.</summary>
    private void AddProducts(FactorTile<T> x, FactorTile<T> y, PairScratch<T> scratch)
    {
        for (int layer = 0, end; layer < plan.Explicit.Length; layer = end)
        {
            end = EndOfShared(layer, [x], [y]);
            if (!plan.Explicit[layer] && !LayerKernel<T>.IsByPositions(x, y, layer))
            {
                layerKernel.Add(x, y, layer, end, kernels, scratch);
            }
        }
    }

    /// <summary>Layers of several positions, one after another: a pair of tiles may be all that there is, so that groups of samples are the tasks.</summary>
    private void AddPositions(FactorTile<T>[] left, FactorTile<T>[] right, bool same, (int I, int J)[] pairs)
    {
        for (int layer = 0, end; layer < plan.Explicit.Length; layer = end)
        {
            end = EndOfShared(layer, left, right);
            if (plan.Explicit[layer])
            {
                continue;
            }
            var (start, after) = (layer, end);
            var groups = pairs.Where(pair => LayerKernel<T>.IsByPositions(left[pair.I], right[pair.J], start)).SelectMany(pair =>
            {
                var (x, y) = (left[pair.I].Layers[start].Groups.Length - 1, right[pair.J].Layers[start].Groups.Length - 1);
                return Enumerable.Range(0, x).SelectMany(u => Enumerable.Range(0, same && pair.I == pair.J ? u + 1 : y).Select(v => (pair.I, pair.J, U: u, V: v)));
            }).ToArray();
            Run(groups, (group, scratch) => layerKernel.AddGroups(left[group.I], right[group.J], group.U, group.V, start, after, kernels, scratch));
        }
    }

    private void AddGradients(FactorTile<T>[] left, FactorTile<T>[] right, bool same, (int I, int J)[] pairs, int layer)
    {
        var prepared = left[0].Layers[layer];
        var parts = plan.Parts[layer];
        using var rows = new ExplicitGradients<T>(left, layer, parts, plan.Reduction, algebra, workers, scratches);
        using var columns = same ? rows : new(right, layer, parts, plan.Reduction, algebra, workers, scratches);
        var pieces = pairs.SelectMany(pair => PiecesOf(left[pair.I].Count, right[pair.J].Count, same && pair.I == pair.J).Select(piece => (pair.I, pair.J, Piece: piece))).ToArray();
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
            Run(pieces, (p, scratch) =>
                layerKernel.AddPart(left[p.I], right[p.J], p.Piece, formed[p.I], others[p.J], prepared.Outputs, part, scale, kernels[layer], scratch));
        }
    }

    /// <summary>Two tiles as they are, or the lower triangle of one with itself in three pieces.</summary>
    private static IEnumerable<(int Row, int Rows, int Column, int Columns)> PiecesOf(int rows, int columns, bool same)
    {
        if (!same || rows <= SamplesAtOnce)
        {
            return [(0, rows, 0, columns)];
        }
        var half = (rows / 2 + 15) / 16 * 16;
        var rest = rows - half;
        return [(half, rest, 0, half), (0, half, 0, half), (half, rest, half, rest)];
    }

    private void Run<TTask>(TTask[] tasks, Action<TTask, PairScratch<T>> add) => workers.Run(tasks.Length, task =>
    {
        cancellation.ThrowIfCancellationRequested();
        scratches.Use(scratch => add(tasks[task], scratch));
    });

    /// <summary>After the layers that have the inputs of the first in all tiles, and none of whose gradients are formed.</summary>
    private int EndOfShared(int first, FactorTile<T>[] left, FactorTile<T>[] right)
    {
        var end = first + 1;
        while (!plan.Explicit[first] && end < plan.Explicit.Length && !plan.Explicit[end] && Array.TrueForAll(left, t => SharesInputs(t, end))
            && Array.TrueForAll(right, t => SharesInputs(t, end)))
        {
            end++;
        }
        return end;
    }

    private static bool SharesInputs(FactorTile<T> tile, int layer) => tile.Layers[layer].Rule == LayerRule.Product && !tile.Layers[layer].OwnsInputs;
}
