using Engine.Kernels.Errors;

namespace Engine.Learn.Ntk;

/// <summary>What is decided before a kernel is computed: tiles, routes, memory, operations.</summary>
internal sealed class KernelPlan
{
    /// <summary>Samples of the rows, and of the columns, that a group of threads of a device has; as in ntk.cl.</summary>
    private const int SamplesPerGroup = 64;

    /// <summary>Groups that keep a large device busy: eight for each of its processors.</summary>
    private const int BusyGroups = 1024;

    private const int MostPlanes = 16;

    private readonly LayerShape[] layers;

    /// <param name="samples">Of the rows.</param>
    /// <param name="layers">Of the rows.</param>
    /// <param name="otherSamples">Of the columns.</param>
    /// <param name="otherLayers">Of the columns.</param>
    /// <param name="symmetric">Whether rows and columns are the same samples.</param>
    /// <param name="outputs">C.</param>
    /// <param name="options">Reduction and memory limit.</param>
    /// <param name="elementBytes">Bytes of an element of the factors.</param>
    /// <param name="threads">Threads of the team.</param>
    /// <param name="deviceRoom">Memory of the device that computes [bytes]; infinite for the processor.</param>
    /// <exception cref="InputException">Memory is too small.</exception>
    public KernelPlan(
        int samples, IReadOnlyList<LayerShape> layers, int otherSamples, IReadOnlyList<LayerShape> otherLayers, bool symmetric, int outputs, KernelOptions options,
        int elementBytes, int threads, double deviceRoom)
    {
        options.Reduction.Require(outputs);
        Weight = options.Reduction.Weight(outputs);
        this.layers = [.. layers];
        var reduction = Reduction = options.Reduction;
        var kept = reduction.Kind == OutputReductionKind.SingleOutput ? 1 : outputs;
        Explicit = [.. layers.Select((l, k) => LayerRoute.IsExplicit(l, otherLayers[k].Positions, samples, otherSamples, l.Kept(kept, reduction), reduction))];
        LayerNames = [.. layers.Select(l => l.Name).Distinct()];
        Rows = TileGrid.Of(samples, layers, outputs, reduction, elementBytes);
        Columns = symmetric ? Rows : TileGrid.Of(otherSamples, otherLayers, outputs, reduction, elementBytes);
        Parts = [.. layers.Select((l, k) => Explicit[k] ? new GradientParts(l, Math.Max(l.Positions, otherLayers[k].Positions), l.Kept(kept, reduction), reduction) : default)];
        var formed = (double)elementBytes * Parts.Select(p => p.Elements).DefaultIfEmpty(0).Max();
        double PerSample(IReadOnlyList<LayerShape> shapes) => TileGrid.BytesPerSample(shapes, kept, elementBytes, reduction) + formed;
        var kernels = 1 + (options.ByLayer ? LayerNames.Length : 0);
        KernelBytes = 8.0 * kernels * reduction.RowsOf(samples, outputs) * reduction.ColumnsOf(otherSamples, outputs);
        // The tile that a source hands out, and two Gram matrices for each thread.
        var grams = 2.0 * elementBytes * threads * Rows.SamplesPerTile * Columns.SamplesPerTile * (reduction.Kind == OutputReductionKind.Full ? outputs * outputs : 1);
        var beside = KernelBytes + grams + Math.Max(
            Rows.SamplesPerTile * TileGrid.BytesPerSample(layers, outputs, elementBytes), Columns.SamplesPerTile * TileGrid.BytesPerSample(otherLayers, outputs, elementBytes));
        var factors = samples * PerSample(layers) + (symmetric ? 0 : otherSamples * PerSample(otherLayers));
        Bytes = beside + factors;
        if (Bytes > options.MemoryLimit)
        {
            var (left, worst) = (options.MemoryLimit - beside, Math.Max(PerSample(layers), PerSample(otherLayers)));
            Rows = Rows.Within(left, worst, options.MemoryLimit, beside, Bytes);
            Columns = Columns.Within(left, worst, options.MemoryLimit, beside, Bytes);
            Bytes = beside + Rows.TilesPerBlock * Rows.SamplesPerTile * PerSample(layers) + Columns.TilesPerBlock * Columns.SamplesPerTile * PerSample(otherLayers);
        }
        var groups = (samples / SamplesPerGroup + 1L) * (otherSamples / SamplesPerGroup + 1);
        Planes = Explicit.Contains(true) ? (int)Math.Clamp(BusyGroups / groups, 1, MostPlanes) : 1;
        Fit(deviceRoom, (x, y) => x * PerSample(layers) + (symmetric && Rows.Blocks == 1 ? 0 : y * PerSample(otherLayers))
            + 8.0 * Planes * reduction.RowsOf(x, outputs) * reduction.ColumnsOf(y, outputs));
        PairsOfTiles = symmetric ? Rows.Tiles * (Rows.Tiles + 1.0) / 2 : (double)Rows.Tiles * Columns.Tiles;
        var pairs = symmetric ? 0.5 * samples * (samples + 1.0) : (double)samples * otherSamples;
        MultiplyAdds = pairs * layers.Select((l, k) => Cost(l, k, otherLayers[k].Positions, samples, otherSamples, l.Kept(kept, reduction), reduction)).Sum();
    }

    public OutputReduction Reduction { get; }

    /// <summary>What sums over outputs are multiplied with.</summary>
    public double Weight { get; }

    public double PairsOfTiles { get; }

    /// <summary>Whether a layer's gradients are formed.</summary>
    public bool[] Explicit { get; }

    /// <summary>How weights are cut for that; of other layers empty.</summary>
    public GradientParts[] Parts { get; }

    /// <summary>Planes of the kernel on a device. They depend on the numbers of samples, not on how many of them there is memory for.</summary>
    public int Planes { get; }

    /// <summary>Different names of layers, in the order of the network.</summary>
    public string[] LayerNames { get; }

    public TileGrid Rows { get; private set; }

    public TileGrid Columns { get; private set; }

    public double KernelBytes { get; }

    /// <summary>Most memory in use at a time [bytes].</summary>
    public double Bytes { get; }

    /// <summary>Multiply-adds of the matrix products.</summary>
    public double MultiplyAdds { get; }

    /// <summary>A line for each layer: its name, its sizes and its route.</summary>
    public IEnumerable<string> Describe() => layers.Select((l, k) => FormattableString.Invariant(
        $"{l.Name}: {(l.Rule == LayerRule.Vector ? $"{l.GradientWidth}" : $"{l.InputWidth} → {l.GradientWidth}, {l.Positions:0.#} positions")}, {RouteOf(l, k)}"));

    private string RouteOf(LayerShape layer, int k) => layer.Rule switch
    {
        LayerRule.Vector => "vectors",
        LayerRule.Table => "merged tokens",
        _ when Explicit[k] => "gradients formed",
        _ => layer.Positions > 1 ? "products of positions" : "products of samples",
    };

    /// <summary>Smaller blocks, until two of them have room on a device.</summary>
    /// <param name="room">Its memory.</param>
    /// <param name="bytes">What so many samples of the rows and of the columns take there.</param>
    private void Fit(double room, Func<int, int, double> bytes)
    {
        double Needed() => bytes(Rows.SamplesPerBlock, Columns.SamplesPerBlock);
        while (Needed() > room && (Rows.TilesPerBlock > 1 || Columns.TilesPerBlock > 1))
        {
            (Rows, Columns) = (Rows with { TilesPerBlock = (Rows.TilesPerBlock + 1) / 2 }, Columns with { TilesPerBlock = (Columns.TilesPerBlock + 1) / 2 });
        }
        if (Needed() > room)
        {
            throw new InputException(FormattableString.Invariant(
                $"the device has room for {room / 1048576:F0} MiB, expected at least {Needed() / 1048576:F0} MiB for the smallest part of the kernel; use the processor or a device with more memory"));
        }
    }

    private double Cost(LayerShape layer, int k, double otherPositions, int samples, int otherSamples, int outputs, OutputReduction reduction)
    {
        var products = reduction.Kind == OutputReductionKind.Full ? (double)outputs * outputs : outputs;
        return layer.Rule switch
        {
            LayerRule.Vector => products * layer.GradientWidth,
            // As if all tokens of the one were looked for among those of the other, and a tenth was found.
            LayerRule.Table => layer.Positions + otherPositions + 0.1 * Math.Min(layer.Positions, otherPositions) * products * layer.GradientWidth,
            _ when Explicit[k] => LayerRoute.ExplicitCost(layer, otherPositions, samples, otherSamples, outputs, reduction),
            _ => LayerRoute.GhostCost(layer, otherPositions, outputs, reduction),
        };
    }
}
