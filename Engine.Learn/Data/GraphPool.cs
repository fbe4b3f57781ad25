using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Samples that are graphs.</summary>
/// <param name="graphs">The graphs.</param>
/// <param name="targets">What a network should give; null where nobody knows.</param>
/// <param name="featureNames">What the features of a node are; empty where nobody named them.</param>
internal sealed class GraphPool(IReadOnlyList<GraphSample> graphs, PoolTargets? targets, params IReadOnlyList<string> featureNames) : SamplePool(targets)
{
    public override IReadOnlyList<string> FeatureNames => featureNames;

    public override int Count => graphs.Count;

    public IReadOnlyList<GraphSample> Graphs => graphs;

    public override GraphPool Take(ReadOnlySpan<int> samples) => new(Rows.Take([.. graphs], samples), Targets?.Take(samples), featureNames);

    private protected override GraphPool With(PoolTargets? targets) => new(graphs, targets, featureNames);

    public override GraphSamples ToSamples(NetworkDefinition network) =>
        new(graphs, network, Targets?.ToTensor(network.Precision.ToScalarType()));
}
