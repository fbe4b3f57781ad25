namespace Engine.Core.Gap.Active;

/// <summary>
/// Clusters by density from a matrix of distances: R. J. G. B. Campello, D. Moulavi, J. Sander, PAKDD 2013, excess of mass, no single cluster of all. What belongs to none is noise.
/// </summary>
public static class Hdbscan
{
    /// <summary>Label of noise.</summary>
    public const int Noise = -1;

    /// <summary>Label of each point, clusters counted from 0 in the order of their first points.</summary>
    /// <param name="distances">[N, N], symmetric.</param>
    /// <param name="minimumSamples">A point's density is the distance to this many-th neighbour, itself the first.</param>
    /// <param name="minimumSize">Fewer points make no cluster.</param>
    public static int[] Cluster(float[,] distances, int minimumSamples, int minimumSize)
    {
        var n = distances.GetLength(0);
        var labels = new int[n];
        Array.Fill(labels, Noise);
        if (n < 2 * Math.Max(2, minimumSize))
        {
            return labels;
        }
        var tree = Condense(SpanningTree(distances, CoreDistances(distances, minimumSamples)), n, minimumSize);
        var clusters = Select(tree);
        foreach (var cluster in clusters)
        {
            foreach (var point in PointsOf(tree, cluster))
            {
                labels[point] = cluster;
            }
        }
        var order = labels.Where(label => label != Noise).Distinct().Select((label, k) => (label, k)).ToDictionary(e => e.label, e => e.k);
        return [.. labels.Select(label => label == Noise ? Noise : order[label])];
    }

    private static double[] CoreDistances(float[,] distances, int minimumSamples)
    {
        var n = distances.GetLength(0);
        var row = new float[n];
        var core = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                row[j] = distances[i, j];
            }
            Array.Sort(row);
            core[i] = row[Math.Min(minimumSamples, n) - 1];
        }
        return core;
    }

    /// <summary>Prim's algorithm on the distances max(core_a, core_b, d_ab); edges by rising length.</summary>
    private static List<(int A, int B, double Length)> SpanningTree(float[,] distances, double[] core)
    {
        var n = core.Length;
        var (nearest, from, taken) = (new double[n], new int[n], new bool[n]);
        Array.Fill(nearest, double.PositiveInfinity);
        var edges = new List<(int A, int B, double Length)>();
        var last = 0;
        taken[0] = true;
        while (edges.Count < n - 1)
        {
            var next = -1;
            for (var j = 0; j < n; j++)
            {
                if (taken[j])
                {
                    continue;
                }
                var d = Math.Max(Math.Max(core[last], core[j]), distances[last, j]);
                if (d < nearest[j])
                {
                    (nearest[j], from[j]) = (d, last);
                }
                if (next < 0 || nearest[j] < nearest[next])
                {
                    next = j;
                }
            }
            edges.Add((from[next], next, nearest[next]));
            taken[next] = true;
            last = next;
        }
        return [.. edges.OrderBy(e => e.Length)];
    }

    /// <summary>
    /// The tree of merges, seen from the top: at each split, parts of fewer points than a cluster needs fall out one by one, two parts of enough are new clusters.
    /// </summary>
    private static List<Branch> Condense(List<(int A, int B, double Length)> edges, int n, int minimumSize)
    {
        // Union of components from the shortest edge on: node n + k is made by edge k.
        var (parent, left, right, size) = (new int[2 * n - 1], new int[2 * n - 1], new int[2 * n - 1], new int[2 * n - 1]);
        for (var i = 0; i < parent.Length; i++)
        {
            (parent[i], size[i]) = (i, i < n ? 1 : 0);
        }
        int Root(int i)
        {
            while (parent[i] != i)
            {
                i = parent[i] = parent[parent[i]];
            }
            return i;
        }
        for (var k = 0; k < edges.Count; k++)
        {
            var (a, b, node) = (Root(edges[k].A), Root(edges[k].B), n + k);
            (left[node], right[node], size[node]) = (a, b, size[a] + size[b]);
            parent[a] = parent[b] = node;
        }
        var branches = new List<Branch> { new(0, -1, 0) };
        var work = new Stack<(int Node, int Branch)>();
        work.Push((2 * n - 2, 0));
        while (work.Count > 0)
        {
            var (node, branch) = work.Pop();
            if (node < n)
            {
                branches[branch].Points.Add((node, double.PositiveInfinity));
                continue;
            }
            var density = 1 / Math.Max(edges[node - n].Length, 1e-300);
            var (bigLeft, bigRight) = (size[left[node]] >= minimumSize, size[right[node]] >= minimumSize);
            foreach (var (child, big, both) in new[] { (left[node], bigLeft, bigLeft && bigRight), (right[node], bigRight, bigLeft && bigRight) })
            {
                if (both)
                {
                    branches.Add(new(branches.Count, branch, density));
                    branches[branch].Children.Add((branches.Count - 1, size[child], density));
                    work.Push((child, branches.Count - 1));
                }
                else if (big)
                {
                    work.Push((child, branch));
                }
                else
                {
                    foreach (var point in Leaves(child))
                    {
                        branches[branch].Points.Add((point, density));
                    }
                }
            }
        }
        return branches;

        IEnumerable<int> Leaves(int node)
        {
            var stack = new Stack<int>([node]);
            while (stack.Count > 0)
            {
                var here = stack.Pop();
                if (here < n)
                {
                    yield return here;
                    continue;
                }
                stack.Push(left[here]);
                stack.Push(right[here]);
            }
        }
    }

    /// <summary>The clusters of the greatest total stability Σ (λ_left − λ_born), of which none is part of another; the root is none.</summary>
    private static List<int> Select(List<Branch> branches)
    {
        var (best, chosen) = (new double[branches.Count], new bool[branches.Count]);
        for (var b = branches.Count - 1; b > 0; b--)
        {
            var branch = branches[b];
            var stability = branch.Points.Sum(p => Math.Min(p.Density, 1e300) - branch.Born) + branch.Children.Sum(c => c.Size * (c.Density - branch.Born));
            var below = branch.Children.Sum(c => best[c.Branch]);
            chosen[b] = branch.Children.Count == 0 || stability >= below;
            best[b] = chosen[b] ? stability : below;
        }
        var clusters = new List<int>();
        var work = new Stack<int>(branches[0].Children.Select(c => c.Branch));
        while (work.Count > 0)
        {
            var b = work.Pop();
            if (chosen[b])
            {
                clusters.Add(b);
            }
            else
            {
                branches[b].Children.ForEach(c => work.Push(c.Branch));
            }
        }
        return clusters;
    }

    private static IEnumerable<int> PointsOf(List<Branch> branches, int cluster)
    {
        var work = new Stack<int>([cluster]);
        while (work.Count > 0)
        {
            var branch = branches[work.Pop()];
            foreach (var (point, _) in branch.Points)
            {
                yield return point;
            }
            branch.Children.ForEach(c => work.Push(c.Branch));
        }
    }

    /// <summary>A cluster of the condensed tree; densities λ are inverse distances.</summary>
    private sealed record Branch(int Number, int Parent, double Born)
    {
        public List<(int Point, double Density)> Points { get; } = [];

        public List<(int Branch, int Size, double Density)> Children { get; } = [];
    }
}
