using System.Numerics;
using Engine.Kernels.Errors;

namespace Engine.Learn.Ntk;

/// <summary>How samples are cut into tiles, which depends on the network, and how many tiles are in memory at once, which depends on its limit.</summary>
internal readonly record struct TileGrid(int Samples, int SamplesPerTile, int TilesPerBlock)
{
    /// <summary>Rows of the kernel that two tiles share: products of such matrices run near the speed of large ones, and stay in the cache.</summary>
    private const int RowsPerTile = 256;

    /// <summary>Of what the rows that two tiles share are a multiple where they can be: the kernels of matrix products have no rest then.</summary>
    private const int RowsAtOnce = 16;

    /// <summary>What the factors of a tile should not exceed [bytes].</summary>
    private const double BytesPerTile = 512 << 20;

    public int Tiles => (Samples + SamplesPerTile - 1) / SamplesPerTile;

    public int Blocks => (Tiles + TilesPerBlock - 1) / TilesPerBlock;

    /// <summary>Samples of the first block, which has most.</summary>
    public int SamplesPerBlock => (int)Math.Min(Samples, (long)TilesPerBlock * SamplesPerTile);

    /// <summary>Tiles of all samples in one block.</summary>
    public static TileGrid Of(int samples, IReadOnlyList<LayerShape> layers, int outputs, OutputReduction reduction, int elementBytes)
    {
        var most = reduction.Kind == OutputReductionKind.Full ? WithoutRest(RowsPerTile / outputs, outputs) : RowsPerTile;
        var perTile = (int)Math.Clamp(Math.Min(most, BytesPerTile / BytesPerSample(layers, outputs, elementBytes)), 1, Math.Max(1, samples));
        return new(samples, perTile, Math.Max(1, (samples + perTile - 1) / perTile));
    }

    /// <summary>What the factors of a sample take [bytes].</summary>
    /// <param name="layers">Of the network.</param>
    /// <param name="outputs">Those whose derivatives there are.</param>
    /// <param name="elementBytes">Of a number.</param>
    /// <param name="reduction">Of factors that were prepared for it; null for those of a source.</param>
    public static double BytesPerSample(IReadOnlyList<LayerShape> layers, int outputs, int elementBytes, OutputReduction? reduction = null) =>
        Math.Max(1, layers.Sum(l => l.ElementsPerSample(reduction is { } kept ? l.Kept(outputs, kept) : outputs)) * elementBytes);

    /// <summary>The same tiles in blocks of which two fit.</summary>
    /// <param name="bytes">For factors of the samples of two blocks.</param>
    /// <param name="bytesPerSample">Of factors and of gradients that are formed.</param>
    /// <param name="limit">For the message: the whole of it.</param>
    /// <param name="beside">For the message: what kernel and scratch take of it.</param>
    /// <param name="whole">For the message: what all takes at once.</param>
    public TileGrid Within(double bytes, double bytesPerSample, long limit, double beside, double whole)
    {
        var tiles = (int)Math.Min(Tiles, bytes / (2 * SamplesPerTile * bytesPerSample));
        return tiles >= 1
            ? this with { TilesPerBlock = tiles }
            : throw new InputException(FormattableString.Invariant(
                $"the memory limit of {limit / 1048576.0:0.###} MiB is too small for the kernel: expected at least {Math.Min(whole, beside + 2 * SamplesPerTile * bytesPerSample) / 1048576:F0} MiB, {beside / 1048576:F0} of it for the kernel itself; raise kernel.memoryLimit (of ntk spectrum, --memory) to {RoundUp(Math.Min(whole, beside + 2 * SamplesPerTile * bytesPerSample) / (1L << 30)):0.####} GiB, or take fewer samples (kernel.samples; --samples)"));
    }

    private static double RoundUp(double gibibytes) => Math.Ceiling(1e4 * gibibytes) / 1e4;

    private static int WithoutRest(int samples, int rowsPerSample)
    {
        var step = RowsAtOnce / (int)BigInteger.GreatestCommonDivisor(RowsAtOnce, rowsPerSample);
        return samples < step ? samples : samples / step * step;
    }

    public (int Start, int End) Tile(int tile) => (tile * SamplesPerTile, Math.Min(Samples, (tile + 1) * SamplesPerTile));

    public (int Start, int End) Block(int block) => (block * TilesPerBlock, Math.Min(Tiles, (block + 1) * TilesPerBlock));
}
