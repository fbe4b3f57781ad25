using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Distributions of bond angles.</summary>
public sealed record AnglesInput
{
    /// <summary>Steps between two samples.</summary>
    public int Every { get; init; } = 100;

    /// <summary>Bond lengths by pair ("Hf-O"): nearer ones are bonds. Null: the first minima of the radial distribution functions.</summary>
    [Quantity(QuantityKind.Length)]
    public Dictionary<string, double>? Cutoffs { get; init; }

    /// <summary>Bins from 0 to 180 degrees.</summary>
    public int Bins { get; init; } = 180;

    /// <summary>Whether the distribution is divided by sin θ.</summary>
    public bool SineNormalised { get; init; }
}
