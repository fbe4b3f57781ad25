using Engine.Kernels.Memory;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// Half a cluster (four particles "i", one species) against a run of whole clusters (eight particles "j" each, one species), all seen through
/// the same periodic image.
/// </summary>
internal struct ListSegment
{
    /// <summary>2 × cluster + half.</summary>
    public int Half;

    /// <summary>Index of the lattice vector added to the positions of the i particles.</summary>
    public int Shift;

    /// <summary>Species of the j clusters.</summary>
    public int Species;

    /// <summary>Range of the task's <see cref="ListTask.Clusters"/>.</summary>
    public int Start;

    public int End;

    /// <summary>Which pairs with the first j cluster count, see <see cref="PairMask"/>.</summary>
    public int FirstMask;
}

/// <summary>
/// The part of the pair list that one thread works on at a time: a contiguous range of i clusters. It adds forces to i and j particles
/// (Newton's third law), the latter in the cyclic range of <see cref="SpanLength"/> clusters from <see cref="FirstCluster"/> on.
/// </summary>
internal sealed class ListTask
{
    public int FirstCluster { get; set; }

    /// <summary>One past the last i cluster.</summary>
    public int EndCluster { get; set; }

    public int SpanLength { get; set; }

    public AlignedBuffer<ListSegment> Segments { get; } = new(64);

    public int SegmentCount { get; set; }

    public AlignedBuffer<int> Clusters { get; } = new(256);

    public int ClusterCount { get; set; }

    /// <summary>Where the search collects for the second half of a cluster while it appends to <see cref="Clusters"/> for the first.</summary>
    public AlignedBuffer<int> Second { get; } = new(256);

    public int SecondCount { get; set; }
}
