using System.Numerics;
using Engine.Kernels.Devices;
using Engine.Kernels.Ntk;

namespace Engine.Learn.Ntk;

/// <summary>A layer of a <see cref="DeviceBlock{T}"/>, which grows by a tile at a time.</summary>
internal sealed class DeviceLayer<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Inputs and derivatives.</summary>
    public const int Matrices = 2;

    /// <summary>More than was asked for, where samples have numbers of positions of their own.</summary>
    private const double Growth = 1.25;

    private readonly Device device;
    private readonly int layer;
    private readonly OutputReduction reduction;
    private readonly double tiles;
    private readonly bool sharesInputs;
    private readonly int outputs;
    private readonly bool collapses;
    private readonly List<int> offsets = [0];
    private readonly List<int> tokens = [];
    private DeviceBuffer<T>? inputs;
    private DeviceBuffer<T>? gradients;
    private DeviceBuffer<int>? tokensThere;
    private PreparedRows? last;

    /// <param name="device">Where.</param>
    /// <param name="layer">Its number.</param>
    /// <param name="source">Its factors in the first tile.</param>
    /// <param name="before">Those of the layer before it, which may have the same inputs.</param>
    /// <param name="reduction">What becomes of outputs.</param>
    /// <param name="tiles">Samples of the block over those of the first tile.</param>
    public DeviceLayer(Device device, int layer, LayerFactors<T> source, LayerFactors<T>? before, OutputReduction reduction, double tiles)
    {
        (this.device, this.layer, Source, this.reduction, this.tiles) = (device, layer, source, reduction, tiles);
        sharesInputs = before is not null && source.HasInputsOf(before);
        var wanted = reduction.Kind == OutputReductionKind.SingleOutput ? 1 : source.Outputs;
        outputs = source.Shape.Kept(wanted, reduction);
        collapses = outputs < wanted;
    }

    public LayerFactors<T> Source { get; }

    /// <summary>Where the rows of each sample start, and the end.</summary>
    public IReadOnlyList<int> Offsets => offsets;

    public bool HasOneRowEach => offsets.Count - 1 == offsets[^1] && Enumerable.Range(0, offsets.Count).All(i => offsets[i] == i);

    /// <summary>Brings the factors of some samples into place.</summary>
    public void Add(LayerFactors<T> factors, int first, int count, DeviceArrangement<T> arrangement)
    {
        var rows = last = PreparedRows.Of(factors, first, count);
        var (start, wanted) = (offsets[^1], factors.Offsets[first]..factors.Offsets[first + count]);
        if (factors.Rule == LayerRule.Product && !sharesInputs)
        {
            MakeRoom(ref inputs, start, rows.Offsets[^1], factors.Inputs.Columns);
            arrangement.Arrange(factors.Inputs, factors.Positions, wanted, 0, 1, null, default, inputs!, start, Matrices * layer);
        }
        MakeRoom(ref gradients, start, rows.Offsets[^1], outputs * factors.Gradients.Columns);
        var single = reduction.Kind == OutputReductionKind.SingleOutput;
        arrangement.Arrange(
            factors.Gradients, factors.Positions, wanted, single ? reduction.Output : 0, single ? 1 : factors.Outputs, rows.Sums, collapses ? factors.Directions : default, gradients!,
            start, Matrices * layer + 1);
        offsets.AddRange(rows.Offsets.Skip(1).Select(o => checked(start + o)));
        tokens.AddRange(rows.Tokens);
    }

    /// <summary>Refuses what was added last where it is not finite.</summary>
    /// <param name="bad">The first such row of each matrix, or −1.</param>
    /// <param name="first">The first sample that was added, in its batch.</param>
    public void RequireFinite(int[] bad, int first)
    {
        for (var matrix = 0; matrix < Matrices; matrix++)
        {
            if (bad[Matrices * layer + matrix] is >= 0 and var row)
            {
                throw PreparedLayer<T>.NotFinite(Source.Name, matrix == 0 ? "inputs" : "derivatives", first + Array.FindLastIndex(last!.Offsets, o => o <= row));
            }
        }
    }

    /// <summary>All that was added.</summary>
    /// <param name="positions">Which rows are whose.</param>
    /// <param name="before">The layer before it.</param>
    public DeviceFactors<T> Factors(DevicePositions positions, DeviceFactors<T>? before)
    {
        if (Source.Rule == LayerRule.Table)
        {
            tokensThere = device.Allocate<int>([.. tokens]);
        }
        return new(positions, sharesInputs ? before!.Inputs : inputs, Source.Inputs.Columns, gradients!, outputs, Source.Gradients.Columns, tokensThere);
    }

    public void Dispose()
    {
        inputs?.Dispose();
        gradients?.Dispose();
        tokensThere?.Dispose();
    }

    private void MakeRoom(ref DeviceBuffer<T>? buffer, int start, int rows, int width)
    {
        var needed = (long)(start + rows) * width;
        if (buffer is null)
        {
            buffer = device.Allocate<T>((long)Math.Ceiling(rows * tiles) * width);
        }
        else if (buffer.Length < needed)
        {
            var larger = device.Allocate<T>((long)(Growth * needed));
            buffer.CopyTo(larger);
            buffer.Dispose();
            buffer = larger;
        }
    }
}
