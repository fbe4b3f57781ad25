using Engine.Learn.Networks;

namespace Engine.Learn.Studies;

/// <summary>
/// Variants of a network of dense layers by all combinations of the lists: every layer but the last is replaced by copies of the first. A list that is empty leaves what the network has.
/// </summary>
public sealed record ScanGrid
{
    /// <summary>Units of the hidden layers.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [];

    /// <summary>Numbers of hidden layers.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [];

    /// <summary>Of the hidden layers.</summary>
    public IReadOnlyList<Activation> Activations { get; init; } = [];
}
