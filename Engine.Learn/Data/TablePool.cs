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
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Rows of the file that were left out because a value is missing.</summary>
    public int DroppedRows { get; init; }

    /// <summary>The row of the file that each sample is, from 0 after the header; null: one after another.</summary>
    internal int[]? FileRows { get; init; }

    internal override int RowOf(int sample) => FileRows?[sample] ?? sample;

    /// <inheritdoc/>
    public override TablePool Take(ReadOnlySpan<int> samples) => new(Rows.Take(Features, samples), FeatureNames, Targets?.Take(samples));

    /// <summary>Names of features that all samples have alike.</summary>
    internal string[] ConstantFeatures() =>
        [.. FeatureNames.Where((_, k) => Enumerable.Range(1, Math.Max(0, Count - 1)).All(i => Features[i, k] == Features[0, k]))];

    /// <summary>The same samples, scaled; null: as they are.</summary>
    /// <param name="features">Of each feature.</param>
    /// <param name="targets">Of each target; classes are never scaled.</param>
    public TablePool Scale(IReadOnlyList<ColumnScale>? features, IReadOnlyList<ColumnScale>? targets) => new(
        features is null ? Features : ColumnScale.Apply(features, Features),
        FeatureNames,
        Targets?.Scale(targets));

    /// <summary>The same samples as sequences of tokens, in the order of the columns.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <exception cref="InputException">A number is none.</exception>
    internal TokenPool ToTokens(string path)
    {
        var tokens = new int[Count, FeatureNames.Count];
        for (var i = 0; i < Count; i++)
        {
            for (var k = 0; k < FeatureNames.Count; k++)
            {
                var value = Features[i, k];
                tokens[i, k] = value is >= 0 and <= int.MaxValue && value == Math.Floor(value)
                    ? (int)value
                    : throw new InputException(FormattableString.Invariant($"data: {path} has {value} in the column {FeatureNames[k]}, but the network takes tokens; expected whole numbers from 0"));
            }
        }
        return new(tokens, Targets);
    }

    /// <inheritdoc/>
    public override TensorSamples ToSamples(NetworkDefinition network)
    {
        var type = network.Precision.ToScalarType();
        var shape = ShapeFor(network, FeatureNames.Count, $"rows of {string.Join(", ", FeatureNames.Take(12))}{(FeatureNames.Count > 12 ? ", …" : "")}");
        return new(torch.tensor(Rows.Flat(Features), shape, type, "cpu"), Targets?.ToTensor(type));
    }
}
