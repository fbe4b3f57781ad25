using Engine.Core.Units;

namespace Engine.IO.Structures;

/// <summary>What a reader must know that a structure file may not say.</summary>
public sealed record StructureReadOptions
{
    /// <summary>Names of numbered atom types in order (LAMMPS), or the order that the species table shall have (extended XYZ).</summary>
    public IReadOnlyList<string>? Species { get; init; }

    /// <summary>Atom style of a LAMMPS file that does not name it: atomic, charge, molecular or full.</summary>
    public string? AtomStyle { get; init; }

    /// <summary>Units of the numbers in the file; masses in mass units tell elements apart. Null: metal.</summary>
    public UnitSystem? Units { get; init; }

    /// <summary>Key of the energy of an extended XYZ file; null: energy, dft_energy and other common spellings.</summary>
    public string? EnergyKey { get; init; }

    /// <summary>Column of the forces of an extended XYZ file; null: forces, force, dft_force and other common spellings.</summary>
    public string? ForceKey { get; init; }

    /// <summary>Counts under which names an extended XYZ file has energies, forces and virials; null where nobody asks.</summary>
    public LabelKeys? Keys { get; init; }

    /// <summary>Told what a reader changed or assumed, one line each.</summary>
    public Action<string>? Notice { get; init; }
}
