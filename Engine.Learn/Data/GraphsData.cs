using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>
/// "graphs": drawn graphs that look like molecules: a random tree of nodes of no more than <see cref="MaximumDegree"/> edges, closed to some rings; a node has one feature for each
/// element, 1 for its own; an edge one for each kind of bond. Each edge is there in both directions.
/// </summary>
public sealed record GraphsData : GeneratedData
{
    /// <summary>Graphs in all.</summary>
    public int Count { get; init; } = 1000;

    public int MinimumNodes { get; init; } = 6;

    public int MaximumNodes { get; init; } = 14;

    /// <summary>Kinds of nodes: nodeFeatures of the network.</summary>
    public int Elements { get; init; } = 4;

    /// <summary>Kinds of edges: edgeFeatures of the network; 0: edges have no features.</summary>
    public int Bonds { get; init; }

    /// <summary>Edges of a node.</summary>
    public int MaximumDegree { get; init; } = 4;

    /// <summary>Rings that are tried to be closed, evenly at random from 0.</summary>
    public int MaximumRings { get; init; } = 3;

    public GraphTarget Target { get; init; }

    internal override GraphPool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        Check();
        if (input is GraphInput graph && (graph.NodeFeatures != Elements || graph.FeaturesOfEdges != Bonds))
        {
            throw new InputException(
                $"data: graphs of {Elements} elements and {Bonds} bonds for a network of nodeFeatures {graph.NodeFeatures} and edgeFeatures {graph.FeaturesOfEdges}; expected the same numbers");
        }
        var (graphs, sums, rings) = (new GraphSample[Count], new double[Count, 1], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            (graphs[i], sums[i, 0], rings[i]) = Draw(Numbers(i));
        }
        return new(graphs, Target == GraphTarget.Rings
            ? PoolTargets.Of(rings, NumberNames(MaximumRings + 1))
            : PoolTargets.Of(sums, ["degreeSum"]));
    }

    private void Check()
    {
        AtLeast("count", Count, 1);
        AtLeast("minimumNodes", MinimumNodes, 2);
        AtLeast("maximumNodes", MaximumNodes, MinimumNodes);
        AtLeast("elements", Elements, 1);
        AtLeast("bonds", Bonds, 0);
        AtLeast("maximumDegree", MaximumDegree, 2);
        AtLeast("maximumRings", MaximumRings, 0);
        CountOf((double)Count * MaximumNodes * Math.Max(Elements, Bonds), "count times maximumNodes times features");
    }

    private (GraphSample Graph, double DegreeSum, int Rings) Draw(RandomSequence random)
    {
        var nodes = MinimumNodes + random.NextBelow(MaximumNodes - MinimumNodes + 1);
        var (elements, degrees) = (new int[nodes], new int[nodes]);
        var edges = new List<(int From, int To, int Bond)>();
        for (var node = 0; node < nodes; node++)
        {
            elements[node] = random.NextBelow(Elements);
            if (node > 0)
            {
                // A tree of earlier nodes has an end, so that a free one is found.
                Join(node, Free(ref random, node, degrees), ref random);
            }
        }
        var rings = 0;
        for (var wanted = random.NextBelow(MaximumRings + 1); wanted > 0; wanted--)
        {
            var (a, b) = (random.NextBelow(nodes), random.NextBelow(nodes));
            if (a != b && degrees[a] < MaximumDegree && degrees[b] < MaximumDegree && !edges.Exists(e => e.From == a && e.To == b))
            {
                Join(a, b, ref random);
                rings++;
            }
        }
        var sum = Enumerable.Range(0, nodes).Sum(node => degrees[node] / (elements[node] + 1.0));
        return (
            new(GraphSample.OneHot(elements, Elements), [.. edges.Select(e => e.From)], [.. edges.Select(e => e.To)], Bonds == 0 ? [] : GraphSample.OneHot([.. edges.Select(e => e.Bond)], Bonds)), sum, rings);

        void Join(int a, int b, ref RandomSequence numbers)
        {
            var bond = Bonds > 0 ? numbers.NextBelow(Bonds) : 0;
            edges.Add((a, b, bond));
            edges.Add((b, a, bond));
            degrees[a]++;
            degrees[b]++;
        }
    }

    private int Free(ref RandomSequence random, int nodes, int[] degrees)
    {
        while (true)
        {
            var node = random.NextBelow(nodes);
            if (degrees[node] < MaximumDegree)
            {
                return node;
            }
        }
    }
}
