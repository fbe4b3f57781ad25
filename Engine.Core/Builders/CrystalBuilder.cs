using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.Core.Builders;

/// <summary>Perfect cubic crystals.</summary>
public static class CrystalBuilder
{
    private static readonly Vector3d[] FaceCentres = [new(0, 0, 0), new(0.5, 0.5, 0), new(0.5, 0, 0.5), new(0, 0.5, 0.5)];

    /// <summary>
    /// The crystal in an orthorhombic periodic box with a lattice point in its corner; ids run cell by cell (x fastest), inside a cell
    /// through the first species, then the second.
    /// </summary>
    /// <param name="crystal">What to build.</param>
    /// <param name="units">Units of the result.</param>
    /// <param name="masses">Masses by species; the table of elements stands in for absent ones.</param>
    /// <exception cref="InputException">A density is given but a mass is unknown, or there are too many particles.</exception>
    public static Configuration Build(CrystalInput crystal, UnitSystem units, IReadOnlyDictionary<string, double>? masses = null)
    {
        var basis = Basis(crystal.Structure);
        var species = crystal.Species.Select(name => new Species(name, SpeciesMasses.Find(name, units, masses))).ToArray();
        var cells = (long)crystal.Cells[0] * crystal.Cells[1] * crystal.Cells[2];
        // [N, 3] arrays are indexed by int.
        if (cells * basis.Length > int.MaxValue / 3)
        {
            throw new InputException($"system.crystal.cells asks for {cells * basis.Length} particles; at most {int.MaxValue / 3} are possible");
        }
        var edge = crystal.LatticeConstant ?? EdgeFromDensity(crystal.Density!.Value, basis, species, units);
        var count = (int)cells * basis.Length;
        var positions = new double[3 * count];
        var kinds = new int[count];
        var i = 0;
        for (var z = 0; z < crystal.Cells[2]; z++)
        {
            for (var y = 0; y < crystal.Cells[1]; y++)
            {
                for (var x = 0; x < crystal.Cells[0]; x++)
                {
                    foreach (var (site, kind) in basis)
                    {
                        positions[3 * i] = (x + site.X) * edge;
                        positions[3 * i + 1] = (y + site.Y) * edge;
                        positions[3 * i + 2] = (z + site.Z) * edge;
                        kinds[i++] = kind;
                    }
                }
            }
        }
        return new Configuration
        {
            Box = new Box(crystal.Cells[0] * edge, crystal.Cells[1] * edge, crystal.Cells[2] * edge),
            SpeciesTable = species,
            Species = kinds,
            Positions = positions,
        };
    }

    /// <summary>Sites of the cubic cell in units of its edge, and which species sits there.</summary>
    private static (Vector3d Site, int Species)[] Basis(CrystalStructure structure)
    {
        static (Vector3d, int)[] At(int species, params Vector3d[] sites) => [.. sites.Select(site => (site, species))];
        static Vector3d[] Shifted(double x, double y, double z) => [.. FaceCentres.Select(site => Wrap(site + new Vector3d(x, y, z)))];
        static Vector3d Wrap(Vector3d s) => new(s.X - Math.Floor(s.X), s.Y - Math.Floor(s.Y), s.Z - Math.Floor(s.Z));
        return structure switch
        {
            CrystalStructure.Sc => At(0, Vector3d.Zero),
            CrystalStructure.Bcc => At(0, Vector3d.Zero, new Vector3d(0.5, 0.5, 0.5)),
            CrystalStructure.Fcc => At(0, FaceCentres),
            CrystalStructure.Diamond => [.. At(0, FaceCentres), .. At(0, Shifted(0.25, 0.25, 0.25))],
            CrystalStructure.Fluorite => [.. At(0, FaceCentres), .. At(1, Shifted(0.25, 0.25, 0.25)), .. At(1, Shifted(0.75, 0.75, 0.75))],
            CrystalStructure.Rocksalt => [.. At(0, FaceCentres), .. At(1, Shifted(0.5, 0, 0))],
            _ => throw new ArgumentOutOfRangeException(nameof(structure), structure, "no such crystal"),
        };
    }

    private static double EdgeFromDensity(double density, (Vector3d Site, int Species)[] basis, Species[] species, UnitSystem units)
    {
        var content = 0.0;
        foreach (var (_, kind) in basis)
        {
            content += SpeciesMasses.DensityWeight(species[kind], units);
        }
        return Math.Cbrt(content / density);
    }
}
