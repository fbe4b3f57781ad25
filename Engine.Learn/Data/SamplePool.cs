using Engine.Kernels.Errors;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Samples in memory, before they become tensors: to be split, scaled and chosen from.</summary>
/// <param name="targets">What a network should give; null where nobody knows.</param>
public abstract class SamplePool(PoolTargets? targets)
{
    /// <summary>N.</summary>
    public abstract int Count { get; }

    /// <summary>What a network should give for each sample; null where nobody knows.</summary>
    public PoolTargets? Targets => targets;

    /// <summary>What the numbers of a sample, or of a node of a graph, are; empty where nobody named them.</summary>
    public virtual IReadOnlyList<string> FeatureNames => [];

    /// <summary>Where a sample is in what was read or drawn, from 0.</summary>
    internal virtual int RowOf(int sample) => sample;

    /// <summary>The samples of those numbers, in that order.</summary>
    public abstract SamplePool Take(ReadOnlySpan<int> samples);

    /// <summary>The same samples with other targets.</summary>
    private protected abstract SamplePool With(PoolTargets? targets);

    /// <summary>The same samples, scaled; null: as they are.</summary>
    /// <param name="features">Of each feature; only those of rows of numbers are scaled.</param>
    /// <param name="targets">Of each target; classes are never scaled.</param>
    public virtual SamplePool Scale(IReadOnlyList<ColumnScale>? features, IReadOnlyList<ColumnScale>? targets) => With(Targets?.Scale(targets));

    /// <summary>The same samples, without targets unless those of all are known.</summary>
    internal SamplePool WithCompleteTargets() => Targets?.IsComplete == false ? With(null) : this;

    /// <summary>The same samples with features, targets and classes in the order in which a network learnt them. Targets and classes that it has not learnt stay as they are.</summary>
    /// <exception cref="InputException">The features are others.</exception>
    internal virtual SamplePool Like(DataEncoding learnt) => learnt.Features.Count == 0 || learnt.Features.SequenceEqual(FeatureNames)
        ? With(Targets?.Like(learnt))
        : throw new InputException(
            $"data: samples are of {(FeatureNames.Count == 0 ? "another kind" : string.Join(", ", FeatureNames))}, but the network learnt from {string.Join(", ", learnt.Features.Take(12))}; expected the same");

    /// <summary>The samples as tensors, which belong to the scope around the call.</summary>
    /// <param name="network">The network that is given them: the shape of its input and its precision.</param>
    /// <exception cref="InputException">The samples do not fit the network.</exception>
    public abstract SampleSet ToSamples(NetworkDefinition network);

    /// <summary>Sizes of the tensor of all samples, as the network takes them.</summary>
    /// <param name="network">The network.</param>
    /// <param name="width">Numbers of one sample.</param>
    /// <param name="what">What they are, for messages.</param>
    /// <param name="natural">The shape that they have by themselves; null: rows of numbers.</param>
    private protected long[] ShapeFor(NetworkDefinition network, int width, string what, string? natural = null)
    {
        var sizes = network.Input.Shape.Sizes;
        if (network.Input is NumbersInput && network.Input.Shape.Count == width)
        {
            return [Count, .. sizes];
        }
        var (takes, others) = network.Input switch
        {
            NumbersInput => ($"[{string.Join(", ", sizes)}]", ""),
            TokensInput tokens => ($"{tokens.Length} tokens", "; only data of the type \"tokens\" and tables of whole numbers are such"),
            _ => ("graphs", "; only data of the types \"graphs\" and \"structures\" are such"),
        };
        throw new InputException(
            $"the data are {what}, {width} numbers each, but the network takes {takes}; give it data of that shape, or its input the type \"numbers\" and the shape {(natural is null ? "" : $"{natural} or ")}[{width}]{others}");
    }
}
