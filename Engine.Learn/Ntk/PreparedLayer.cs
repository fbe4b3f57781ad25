using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;

namespace Engine.Learn.Ntk;

/// <summary>
/// A layer's factors of the samples of a tile, position by position with the outputs side by side, [positions, C · b]: the product of such rows is the sum over outputs, the same
/// memory read as [positions · C, b] gives all pairs of outputs, and a block of columns gives one. Where gradients are formed from them, output by output instead, [C · positions, b], as
/// they come and, if all of them are wanted, where they are. Vectors are summed over positions, tokens sorted and merged.
/// </summary>
internal sealed class PreparedLayer<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Positions of a group of samples whose products are computed at once: they stay in the second-level cache.</summary>
    private const int GroupPositions = 256;

    private readonly LayerFactors<T> factors;
    private readonly int first;
    private readonly PreparedRows rows;
    private readonly int output;
    private readonly bool collapses;
    private readonly bool byOutput;
    private readonly MatrixBuffer<T>? gradients;

    /// <param name="factors">Of these samples, or of more.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="reduction">Of several outputs to one, where only that one is wanted.</param>
    /// <param name="inputs">Of a layer before that has the same ones.</param>
    /// <param name="byOutput">Whether gradients are formed from it.</param>
    public PreparedLayer(LayerFactors<T> factors, int first, int count, OutputReduction reduction, PreparedInputs<T>? inputs, bool byOutput)
    {
        this.byOutput = byOutput;
        (this.factors, this.first, Samples) = (factors, first, count);
        var single = reduction.Kind == OutputReductionKind.SingleOutput;
        output = single ? reduction.Output : 0;
        Outputs = factors.Shape.Kept(single ? 1 : factors.Outputs, reduction);
        collapses = !single && Outputs < factors.Outputs;
        rows = PreparedRows.Of(factors, first, count);
        if (factors.Rule == LayerRule.Product)
        {
            OwnsInputs = inputs is null;
            Inputs = inputs ?? new(factors.Inputs, Offsets[count]);
        }
        IsInPlace = byOutput && Outputs == factors.Outputs && first == 0 && count == factors.Samples;
        gradients = IsInPlace ? null : byOutput ? new(checked(Outputs * Offsets[count]), factors.Gradients.Columns) : new(Offsets[count], Outputs * factors.Gradients.Columns);
        Groups = GroupsOf(Offsets);
        IsSinglePosition = Offsets[count] == count && Enumerable.Range(0, count).All(i => Offsets[i + 1] == i + 1);
    }

    public string Name => factors.Name;

    public LayerRule Rule => factors.Rule;

    public int Samples { get; }

    /// <summary>Outputs kept: all, the one that is wanted, or one in which all are summed up.</summary>
    public int Outputs { get; }

    /// <summary>b.</summary>
    public int Width => factors.Gradients.Columns;

    public double WeightScale => factors.WeightScale;

    public double BiasScale => factors.BiasScale;

    public PreparedInputs<T>? Inputs { get; }

    /// <summary>Whether no layer before it brought the inputs.</summary>
    public bool OwnsInputs { get; }

    /// <summary>[positions, C · b]; [C · positions, b] where gradients are formed from it.</summary>
    public Matrix<T> Gradients => gradients?.Matrix ?? factors.Gradients;

    /// <summary>Whether its derivatives are those of the batch, which has to keep them.</summary>
    public bool IsInPlace { get; }

    /// <summary>Where the positions of each sample start, and the end: [samples + 1].</summary>
    public int[] Offsets => rows.Offsets;

    /// <summary>Samples at which groups of positions start, and the end.</summary>
    public int[] Groups { get; }

    public bool IsSinglePosition { get; }

    /// <summary>Rows of a table, ascending within a sample, without repetition: [positions].</summary>
    public int[] Tokens => rows.Tokens;

    /// <summary>Copies the factors of some samples; different ones at the same time.</summary>
    /// <exception cref="RunFailedException">One of them is not finite.</exception>
    public void Fill(int start, int end)
    {
        var (to, single) = (Gradients, new T[factors.Rule == LayerRule.Product ? 0 : Outputs * Width]);
        for (var sample = start; sample < end; sample++)
        {
            var (from, after) = (factors.Offsets[first + sample], factors.Offsets[first + sample + 1]);
            if (OwnsInputs)
            {
                for (var p = from; p < after; p++)
                {
                    var a = Inputs!.Values.Row(p - factors.Offsets[first]);
                    factors.Inputs.Row(p).CopyTo(a);
                    RequireFinite(a, "inputs", sample);
                }
            }
            if (byOutput && !collapses)
            {
                var (before, positions) = (from - factors.Offsets[first], Offsets[^1]);
                for (var c = 0; c < Outputs && after > from; c++)
                {
                    var whole = factors.Gradients.Block((output + c) * factors.Positions + from, 0, after - from, Width);
                    var place = to.Block(c * positions + before, 0, after - from, Width);
                    for (var p = 0; p < after - from; p++)
                    {
                        RequireFinite(whole.Row(p), "derivatives", sample);
                        if (!IsInPlace)
                        {
                            whole.Row(p).CopyTo(place.Row(p));
                        }
                    }
                }
                continue;
            }
            for (var row = Offsets[sample]; row < Offsets[sample + 1]; row++)
            {
                if (rows.Sums is not { } sums)
                {
                    Copy(factors.Offsets[first] + row, to.Row(row), sample);
                    continue;
                }
                foreach (var position in sums.Order.AsSpan(sums.Starts[row]..sums.Starts[row + 1]))
                {
                    Copy(factors.Offsets[first] + position, single, sample);
                    TensorPrimitives.Add<T>(to.Row(row), single, to.Row(row));
                }
            }
        }
    }

    public void Dispose()
    {
        gradients?.Dispose();
        if (OwnsInputs)
        {
            Inputs!.Dispose();
        }
    }

    /// <summary>The derivatives of a position, side by side: g_c of each output, or Σ_c u_c ∘ g_c.</summary>
    private void Copy(int position, Span<T> row, int sample)
    {
        if (collapses)
        {
            row.Clear();
            for (var c = 0; c < factors.Outputs; c++)
            {
                TensorPrimitives.MultiplyAdd(factors.Gradients.Row(c * factors.Positions + position), factors.Directions.Row(c), row, row);
            }
        }
        for (var c = 0; c < Outputs && !collapses; c++)
        {
            factors.Gradients.Row((output + c) * factors.Positions + position).CopyTo(row[(c * Width)..]);
        }
        RequireFinite(row, "derivatives", sample);
    }

    private static int[] GroupsOf(int[] offsets)
    {
        var groups = new List<int> { 0 };
        for (var i = 1; i < offsets.Length; i++)
        {
            if (i == offsets.Length - 1 || offsets[i + 1] - offsets[groups[^1]] > GroupPositions)
            {
                groups.Add(i);
            }
        }
        return [.. groups];
    }

    /// <summary>What is said of factors that are no numbers.</summary>
    /// <param name="layer">Its name.</param>
    /// <param name="what">Inputs or derivatives.</param>
    /// <param name="sample">Its number in the batch.</param>
    public static RunFailedException NotFinite(string layer, string what, int sample) =>
        new($"layer {layer}: {what} of sample {sample} of its batch are not finite, expected numbers; look for NaN or overflow in data and weights");

    private void RequireFinite(ReadOnlySpan<T> values, string what, int sample)
    {
        if (!T.IsFinite(TensorPrimitives.Sum(values)))
        {
            throw NotFinite(Name, what, first + sample);
        }
    }
}
