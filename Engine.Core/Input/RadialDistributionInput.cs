using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Radial distribution functions of all pairs of species, and coordination numbers.</summary>
public sealed record RadialDistributionInput
{
    /// <summary>Steps between two samples.</summary>
    public int Every { get; init; } = 100;

    /// <summary>Largest distance, at most half of the smallest width of the box; null: that half.</summary>
    [Quantity(QuantityKind.Length)]
    public double? Maximum { get; init; }

    public int Bins { get; init; } = 400;

    /// <summary>Radii by pair ("Hf-O") at which the coordination number is quoted besides the one at the first minimum.</summary>
    [Quantity(QuantityKind.Length)]
    public Dictionary<string, double>? FixedRadii { get; init; }
}
