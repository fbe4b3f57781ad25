using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Samples that are graphs.</summary>
internal sealed class GraphPool(IReadOnlyList<GraphSample> graphs, PoolTargets targets) : SamplePool(targets)
{
    public override int Count => graphs.Count;

    public IReadOnlyList<GraphSample> Graphs => graphs;

    public override GraphPool Take(ReadOnlySpan<int> samples) => new(Rows.Take([.. graphs], samples), Targets!.Take(samples));

    public override GraphSamples ToSamples(NetworkDefinition network) =>
        new(graphs, network, Targets!.ToTensor(network.Precision.ToScalarType()));
}
