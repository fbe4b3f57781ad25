using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Graphs of a batch, side by side: nodes and edges of the first graph come first.</summary>
public sealed class GraphTopology
{
    /// <param name="nodeOffsets">First node of each graph, and the number of all nodes [N + 1].</param>
    /// <param name="sources">Node that each edge leaves [E].</param>
    /// <param name="targets">Node that each edge enters [E].</param>
    /// <param name="edgeFeatures">[E, e], null where edges have none.</param>
    /// <param name="device">Where the numbers of nodes are.</param>
    /// <exception cref="InputException">Offsets that fall, an edge to a node that is not there or between graphs, or edges that are not in the order of their graphs.</exception>
    public GraphTopology(int[] nodeOffsets, long[] sources, long[] targets, Tensor? edgeFeatures = null, string device = "cpu")
    {
        if (nodeOffsets.Length < 2 || nodeOffsets[0] != 0 || nodeOffsets.Zip(nodeOffsets.Skip(1), (a, b) => b < a).Any(falls => falls))
        {
            throw new InputException("graphs: the offsets of nodes do not rise from 0; expected the first node of each graph and the number of all");
        }
        if (sources.Length != targets.Length)
        {
            throw new InputException($"graphs: {sources.Length} sources and {targets.Length} targets of edges; expected one of each for every edge");
        }
        NodeOffsets = nodeOffsets;
        EdgeOffsets = new int[nodeOffsets.Length];
        var graph = 0;
        for (var edge = 0; edge < sources.Length; edge++)
        {
            while (graph < Count && sources[edge] >= nodeOffsets[graph + 1])
            {
                EdgeOffsets[++graph] = edge;
            }
            if (graph == Count || sources[edge] < nodeOffsets[graph] || targets[edge] < nodeOffsets[graph] || targets[edge] >= nodeOffsets[graph + 1])
            {
                throw new InputException($"graphs: edge {edge} goes from node {sources[edge]} to {targets[edge]}; expected both in one graph, and edges in the order of their graphs");
            }
        }
        while (graph < Count)
        {
            EdgeOffsets[++graph] = sources.Length;
        }
        EdgeFeatures = edgeFeatures;
        Sources = torch.tensor(sources, [sources.Length], device);
        Targets = torch.tensor(targets, [targets.Length], device);
        GraphOfNode = torch.tensor([.. Enumerable.Range(0, Count).SelectMany(g => Enumerable.Repeat((long)g, nodeOffsets[g + 1] - nodeOffsets[g]))], [nodeOffsets[^1]], device);
    }

    private GraphTopology(GraphTopology other, string device)
    {
        (NodeOffsets, EdgeOffsets) = (other.NodeOffsets, other.EdgeOffsets);
        (Sources, Targets, EdgeFeatures, GraphOfNode) = (other.Sources.to(device), other.Targets.to(device), other.EdgeFeatures?.to(device), other.GraphOfNode.to(device));
    }

    /// <summary>Graphs.</summary>
    public int Count => NodeOffsets.Length - 1;

    public int[] NodeOffsets { get; }

    /// <summary>First edge of each graph, and the number of all edges [N + 1].</summary>
    public int[] EdgeOffsets { get; }

    public Tensor Sources { get; }

    public Tensor Targets { get; }

    /// <summary>Features of all edges [E, e].</summary>
    public Tensor? EdgeFeatures { get; }

    /// <summary>[V].</summary>
    public Tensor GraphOfNode { get; }

    /// <summary>The same on a device.</summary>
    internal GraphTopology To(string device) => new(this, device);
}
