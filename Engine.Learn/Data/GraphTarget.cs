namespace Engine.Learn.Data;

/// <summary>What a network should tell of a graph.</summary>
public enum GraphTarget
{
    /// <summary>Σ over nodes of the number of their edges times a weight of their element, 1/k for the k-th: one step of messages and a sum.</summary>
    DegreeSum,

    /// <summary>The number of rings that are independent of each other, edges − nodes + 1, as a class.</summary>
    Rings,
}
