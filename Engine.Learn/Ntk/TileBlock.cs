using System.Numerics;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>The tiles that are in memory at once.</summary>
internal sealed class TileBlock<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private TileBlock(FactorTile<T>[] tiles) => Tiles = tiles;

    public FactorTile<T>[] Tiles { get; }

    public static TileBlock<T> Load(IFactorSource<T> source, TileGrid grid, int block, OutputReduction reduction, bool[] formed, Workers workers)
    {
        var (first, last) = grid.Block(block);
        var tiles = new List<FactorTile<T>>();
        try
        {
            for (var tile = first; tile < last; tile++)
            {
                var (start, end) = grid.Tile(tile);
                tiles.Add(FactorTile<T>.Load(source, start, end, reduction, formed, workers));
            }
            return new([.. tiles]);
        }
        catch
        {
            tiles.ForEach(t => t.Dispose());
            throw;
        }
    }

    public void Dispose() => Array.ForEach(Tiles, t => t.Dispose());
}
