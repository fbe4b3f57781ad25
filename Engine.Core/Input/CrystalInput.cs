using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>A perfect crystal; one of <see cref="LatticeConstant"/> and <see cref="Density"/> sets its scale.</summary>
public sealed record CrystalInput
{
    public required CrystalStructure Structure { get; init; }

    /// <summary>One name, or the names of the cation and the anion (fluorite, rocksalt).</summary>
    public required string[] Species { get; init; }

    /// <summary>Edge of the cubic cell.</summary>
    [Quantity(QuantityKind.Length)]
    public double? LatticeConstant { get; init; }

    /// <summary>Mass density; in lj units particles per volume.</summary>
    [Quantity(QuantityKind.Density)]
    public double? Density { get; init; }

    /// <summary>Cubic cells along x, y and z.</summary>
    public required int[] Cells { get; init; }
}
