using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Graphs of different sizes.</summary>
public sealed class GraphSamples : SampleSet
{
    private readonly IReadOnlyList<GraphSample> graphs;
    private readonly GraphInput input;
    private readonly ScalarType type;
    private readonly string device;

    /// <param name="graphs">The graphs.</param>
    /// <param name="network">Of the network: how many features nodes and edges have, and its precision.</param>
    /// <param name="targets">[N, …] or classes [N]; belongs to whoever made it.</param>
    /// <param name="device">Where batches are.</param>
    /// <exception cref="InputException">Features that do not fit the network, or are not finite.</exception>
    public GraphSamples(IReadOnlyList<GraphSample> graphs, NetworkDefinition network, Tensor? targets = null, string device = "cpu")
        : base(targets is null ? null : Finite(targets, "targets"))
    {
        (this.graphs, this.device, type) = (graphs, device, network.Precision.ToScalarType());
        input = network.Input as GraphInput ?? throw new InputException("the data are graphs, but the input of the network is not of the type \"graph\"");
        for (var k = 0; k < graphs.Count; k++)
        {
            var graph = graphs[k];
            if (graph.Nodes.Length == 0 || graph.Nodes.Length % input.NodeFeatures != 0 || graph.Sources.Length != graph.Targets.Length
                || graph.Edges.Length != graph.Sources.Length * input.FeaturesOfEdges)
            {
                throw new InputException(
                    $"data: graph {k} has {graph.Nodes.Length} numbers for nodes and {graph.Edges.Length} for {graph.Sources.Length} edges; expected {input.NodeFeatures} for each node and {input.FeaturesOfEdges} for each edge");
            }
            if (!Array.TrueForAll(graph.Nodes, double.IsFinite) || !Array.TrueForAll(graph.Edges, double.IsFinite))
            {
                throw new InputException($"data: features of graph {k} are not finite; remove it, or fill what is missing");
            }
        }
    }

    /// <inheritdoc/>
    public override int Count => graphs.Count;

    /// <inheritdoc/>
    public override Batch Take(ReadOnlySpan<int> samples)
    {
        var (nodes, edges, sources, targets, offsets) = (new List<double>(), new List<double>(), new List<long>(), new List<long>(), new int[samples.Length + 1]);
        for (var k = 0; k < samples.Length; k++)
        {
            var (graph, first) = (graphs[samples[k]], offsets[k]);
            nodes.AddRange(graph.Nodes);
            offsets[k + 1] = first + graph.Nodes.Length / input.NodeFeatures;
            sources.AddRange(graph.Sources.Select(s => (long)first + s));
            targets.AddRange(graph.Targets.Select(t => (long)first + t));
            edges.AddRange(graph.Edges);
        }
        return new()
        {
            Input = torch.tensor([.. nodes], [offsets[^1], input.NodeFeatures], type, device),
            Graph = new(
                offsets, [.. sources], [.. targets], input.FeaturesOfEdges == 0 ? null : torch.tensor([.. edges], [sources.Count, input.FeaturesOfEdges], type, device), device),
        };
    }
}
