using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Samples that are graphs.</summary>
internal sealed class GraphPool(IReadOnlyList<GraphSample> graphs, PoolTargets targets) : SamplePool(targets)
{
    public override int Count => graphs.Count;

    public IReadOnlyList<GraphSample> Graphs => graphs;

    public override GraphPool Take(ReadOnlySpan<int> samples) => new(Rows.Take([.. graphs], samples), Targets!.Take(samples));

    /// <summary>The same graphs with scaled targets; null: as they are.</summary>
    public GraphPool Scale(IReadOnlyList<ColumnScale>? targets) => new(graphs, Targets!.Scale(targets));

    public override GraphSamples ToSamples(NetworkDefinition network) =>
        new(graphs, network, Targets!.ToTensor(network.Precision.ToScalarType()));
}
