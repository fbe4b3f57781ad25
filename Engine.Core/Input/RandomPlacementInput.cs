using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>Random positions; one of <see cref="Box"/> and <see cref="Density"/> (cubic box) sets the volume.</summary>
public sealed record RandomPlacementInput
{
    /// <summary>Number of particles of each species.</summary>
    public required Dictionary<string, int> Counts { get; init; }

    /// <summary>Edges of an orthorhombic box.</summary>
    [Quantity(QuantityKind.Length)]
    public double[]? Box { get; init; }

    /// <summary>Mass density; in lj units particles per volume.</summary>
    [Quantity(QuantityKind.Density)]
    public double? Density { get; init; }

    /// <summary>No two particles are placed nearer than this.</summary>
    [Quantity(QuantityKind.Length)]
    public double MinimumDistance { get; init; }
}
