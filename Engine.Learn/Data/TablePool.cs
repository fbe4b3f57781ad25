using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>Samples that are rows of numbers.</summary>
public sealed class TablePool : SamplePool
{
    /// <param name="features">[N, F].</param>
    /// <param name="featureNames">What the F numbers are.</param>
    /// <param name="targets">What a network should give.</param>
    /// <exception cref="InputException">Other numbers of samples or names.</exception>
    public TablePool(double[,] features, IReadOnlyList<string> featureNames, PoolTargets? targets = null)
        : base(targets)
    {
        (Features, FeatureNames) = (features, featureNames);
        if (featureNames.Count != features.GetLength(1) || targets is not null && targets.Count != Count)
        {
            throw new InputException(
                $"data: a table of {Count} × {features.GetLength(1)} numbers has {featureNames.Count} names of columns and {targets?.Count ?? Count} targets; expected one for each column and for each row");
        }
    }

    /// <inheritdoc/>
    public override int Count => Features.GetLength(0);

    /// <summary>[N, F].</summary>
    public double[,] Features { get; }

    /// <summary>What the F numbers are.</summary>
    public override IReadOnlyList<string> FeatureNames { get; }

    /// <summary>The values of columns that became an input for each, in the order of these.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Categories { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>All columns of the file; none where there is no file.</summary>
    internal IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The header of the file, whatever its columns are called here; empty where there is none.</summary>
    internal IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>What columns are called here that have the name of one before them in the file: "x.2".</summary>
    internal IReadOnlyList<string> RepeatedNames { get; init; } = [];

    /// <summary>Rows of the file that were left out because a value is missing.</summary>
    public int DroppedRows { get; init; }

    /// <summary>The row of the file that each sample is, from 0 after the header; null: one after another.</summary>
    internal int[]? FileRows { get; init; }

    internal override int RowOf(int sample) => FileRows?[sample] ?? sample;

    /// <inheritdoc/>
    public override TablePool Take(ReadOnlySpan<int> samples) => With(Rows.Take(Features, samples), FeatureNames, Targets?.Take(samples));

    /// <summary>Names of features that all samples have alike.</summary>
    internal string[] ConstantFeatures() =>
        [.. FeatureNames.Where((_, k) => Enumerable.Range(1, Math.Max(0, Count - 1)).All(i => Features[i, k] == Features[0, k]))];

    private protected override TablePool With(PoolTargets? targets) => With(Features, FeatureNames, targets);

    /// <inheritdoc/>
    public override TablePool Scale(IReadOnlyList<ColumnScale>? features, IReadOnlyList<ColumnScale>? targets) =>
        With(features is null ? Features : ColumnScale.Apply(features, Features), FeatureNames, Targets?.Scale(targets));

    /// <summary>Other samples of the same file.</summary>
    private TablePool With(double[,] features, IReadOnlyList<string> names, PoolTargets? targets) => new(features, names, targets)
    {
        Categories = Categories,
        Columns = Columns,
        Header = Header,
    };

    /// <inheritdoc/>
    internal override SamplePool Like(DataEncoding learnt)
    {
        if (learnt.Features.Count == 0 || learnt.Features.SequenceEqual(FeatureNames))
        {
            return base.Like(learnt);
        }
        if (Rows.OrderOf(FeatureNames, learnt.Features) is { } order)
        {
            return With(Rows.TakeColumns(Features, order), learnt.Features, Targets?.Like(learnt));
        }
        throw learnt.Features.FirstOrDefault(f => !FeatureNames.Contains(f)) is { } absent
            ? new InputException($"data: there is no {absent}, which the network learnt from; expected the inputs {string.Join(", ", learnt.Features.Take(12))}{(learnt.Features.Count > 12 ? ", …" : "")}")
            : new($"data: {FeatureNames.First(f => !learnt.Features.Contains(f))} is no input that the network learnt from; put the column under ignored, if it is to be left out");
    }

    /// <summary>The same samples as sequences of tokens, in the order of the columns.</summary>
    /// <exception cref="InputException">A number is none.</exception>
    internal TokenPool ToTokens()
    {
        var tokens = new int[Count, FeatureNames.Count];
        for (var i = 0; i < Count; i++)
        {
            for (var k = 0; k < FeatureNames.Count; k++)
            {
                var value = Features[i, k];
                tokens[i, k] = value is >= 0 and <= int.MaxValue && value == Math.Floor(value)
                    ? (int)value
                    : throw new InputException(FormattableString.Invariant($"data: found {value} in the column {FeatureNames[k]}, but the network takes tokens; expected whole numbers from 0"));
            }
        }
        return new(tokens, Targets);
    }

    /// <inheritdoc/>
    public override TensorSamples ToSamples(NetworkDefinition network)
    {
        if (network.Input is TokensInput)
        {
            return ToTokens().ToSamples(network);
        }
        var type = network.Precision.ToScalarType();
        var shape = ShapeFor(network, FeatureNames.Count, $"rows of {string.Join(", ", FeatureNames.Take(12))}{(FeatureNames.Count > 12 ? ", …" : "")}");
        return new(torch.tensor(Rows.Flat(Features), shape, type, "cpu"), Targets?.ToTensor(type));
    }
}
