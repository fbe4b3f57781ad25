using System.Numerics;
using System.Numerics.Tensors;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;

namespace Engine.Learn.Ntk;

/// <summary>
/// A layer's factors of the samples of a tile, [positions, C · b], and of one output where only that is wanted. Products are read where they are; vectors are summed over positions, tokens
/// sorted and merged, in memory of its own.
/// </summary>
internal sealed class PreparedLayer<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Positions of a group of samples whose products are computed at once: they stay in the second-level cache.</summary>
    private const int GroupPositions = 256;

    private readonly LayerFactors<T> factors;
    private readonly int first;
    private readonly int firstColumn;
    private readonly MatrixBuffer<T>? sums;

    /// <param name="factors">Of these samples, or of more.</param>
    /// <param name="first">The first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="reduction">Of several outputs to one, where only that one is wanted.</param>
    /// <param name="before">The layer before, which may have the same inputs.</param>
    public PreparedLayer(LayerFactors<T> factors, int first, int count, OutputReduction reduction, LayerFactors<T>? before)
    {
        (this.factors, this.first, Samples) = (factors, first, count);
        var single = reduction.Kind == OutputReductionKind.SingleOutput;
        (firstColumn, Outputs) = (single ? reduction.Output * factors.Width : 0, single ? 1 : factors.Outputs);
        Offsets = new int[count + 1];
        if (factors.Rule == LayerRule.Table)
        {
            Tokens = Merge();
        }
        else
        {
            for (var i = 0; i <= count; i++)
            {
                Offsets[i] = factors.Rule == LayerRule.Vector ? i : factors.Offsets[first + i] - factors.Offsets[first];
            }
        }
        if (factors.Rule == LayerRule.Product)
        {
            SharesInputs = before is { Rule: LayerRule.Product } && before.Inputs.IsSameAs(factors.Inputs) && before.Offsets.AsSpan().SequenceEqual(factors.Offsets);
            Inputs = factors.Inputs.Block(factors.Offsets[first], 0, Offsets[count], factors.Inputs.Columns);
            Gradients = factors.Gradients.Block(factors.Offsets[first], firstColumn, Offsets[count], Outputs * Width);
        }
        else
        {
            sums = new(Offsets[count], Outputs * Width);
            Gradients = sums.Matrix;
        }
        Groups = GroupsOf(Offsets);
        IsSinglePosition = Offsets[count] == count && Enumerable.Range(0, count).All(i => Offsets[i + 1] == i + 1);
    }

    public string Name => factors.Name;

    public LayerRule Rule => factors.Rule;

    public int Samples { get; }

    /// <summary>Outputs kept: all, or the one that is wanted.</summary>
    public int Outputs { get; }

    /// <summary>b.</summary>
    public int Width => factors.Width;

    public double WeightScale => factors.WeightScale;

    public double BiasScale => factors.BiasScale;

    /// <summary>[positions, a]; of products only.</summary>
    public Matrix<T> Inputs { get; }

    /// <summary>Whether the layer before has the same inputs.</summary>
    public bool SharesInputs { get; }

    /// <summary>[positions, C · b].</summary>
    public Matrix<T> Gradients { get; }

    /// <summary>Where the positions of each sample start, and the end: [samples + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>Samples at which groups of positions start, and the end.</summary>
    public int[] Groups { get; }

    public bool IsSinglePosition { get; }

    /// <summary>Rows of a table, ascending within a sample, without repetition: [positions].</summary>
    public int[] Tokens { get; } = [];

    /// <summary>Checks the factors of some samples, and adds up what is to be summed; different ones at the same time.</summary>
    /// <exception cref="RunFailedException">One of them is not finite.</exception>
    public void Prepare(int start, int end)
    {
        for (var sample = start; sample < end; sample++)
        {
            for (var p = factors.Offsets[first + sample]; p < factors.Offsets[first + sample + 1]; p++)
            {
                if (Rule == LayerRule.Product && !SharesInputs)
                {
                    RequireFinite(factors.Inputs.Row(p), "inputs", sample);
                }
                var row = factors.Gradients.Row(p).Slice(firstColumn, Outputs * Width);
                RequireFinite(row, "derivatives", sample);
                if (Rule != LayerRule.Product)
                {
                    var sum = Gradients.Row(Rule == LayerRule.Vector ? sample : PlaceOf(factors.Tokens[p], sample));
                    TensorPrimitives.Add<T>(sum, row, sum);
                }
            }
        }
    }

    public void Dispose() => sums?.Dispose();

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

    private int PlaceOf(int token, int sample) => Offsets[sample] + Tokens.AsSpan(Offsets[sample], Offsets[sample + 1] - Offsets[sample]).BinarySearch(token);

    /// <summary>The different rows that each sample reads; sets where those of a sample start.</summary>
    private int[] Merge()
    {
        var tokens = new List<int>();
        for (var i = 0; i < Samples; i++)
        {
            var (from, after) = (factors.Offsets[first + i], factors.Offsets[first + i + 1]);
            tokens.AddRange(Enumerable.Range(from, after - from).Select(p => factors.Tokens[p]).Distinct().Order());
            Offsets[i + 1] = tokens.Count;
        }
        return [.. tokens];
    }

    private void RequireFinite(ReadOnlySpan<T> values, string what, int sample)
    {
        if (!T.IsFinite(TensorPrimitives.Sum(values)))
        {
            throw new RunFailedException(
                $"layer {Name}: {what} of sample {first + sample} of its batch are not finite, expected numbers; look for NaN or overflow in data and weights");
        }
    }
}
