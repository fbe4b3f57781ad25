namespace Engine.Learn.Networks;

/// <summary>A graph with features.</summary>
/// <param name="Nodes">Features, node by node [v · f].</param>
/// <param name="Sources">Node that each edge leaves.</param>
/// <param name="Targets">Node that each edge enters.</param>
/// <param name="Edges">Features, edge by edge [e · g]; empty where edges have none.</param>
public sealed record GraphSample(double[] Nodes, int[] Sources, int[] Targets, double[] Edges)
{
    /// <summary>A feature for each kind, 1 for its own: [kinds.Length · count].</summary>
    internal static double[] OneHot(int[] kinds, int count)
    {
        var features = new double[kinds.Length * count];
        for (var k = 0; k < kinds.Length; k++)
        {
            features[k * count + kinds[k]] = 1;
        }
        return features;
    }
}
