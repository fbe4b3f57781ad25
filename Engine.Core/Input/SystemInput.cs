using Engine.Core.Units;

namespace Engine.Core.Input;

/// <summary>What is simulated: exactly one of a crystal, a structure file or random positions.</summary>
public sealed record SystemInput
{
    public CrystalInput? Crystal { get; init; }

    /// <summary>A structure file (.extxyz, .xyz, .data), relative to the run file.</summary>
    public string? File { get; init; }

    /// <summary>SHA-256 of the file's content; a file of another content is refused. Null: not checked. run.json states it.</summary>
    public string? FileHash { get; init; }

    /// <summary>Names of the numbered atom types of a LAMMPS file, in order; null: from its comments or masses.</summary>
    public string[]? Species { get; init; }

    /// <summary>Which frame of the file, counted from 0; negative: from the end, −1 is the last.</summary>
    public int Frame { get; init; } = -1;

    public RandomPlacementInput? Random { get; init; }

    /// <summary>Copies along each cell vector, applied last.</summary>
    public int[] Replicate { get; init; } = [1, 1, 1];

    /// <summary>Masses by species, over those of the potential, the file and the table of elements.</summary>
    [Quantity(QuantityKind.Mass)]
    public Dictionary<string, double> Masses { get; init; } = [];
}
