using System.Security.Cryptography;
using Engine.Core.Builders;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.IO.Structures;

/// <summary>Makes the starting configuration that a run file describes.</summary>
public static class SystemLoader
{
    /// <summary>By which share the mass of an isotope that is in use may differ from that of the natural element.</summary>
    private const double MassTolerance = 0.1;

    /// <summary>
    /// Builds or reads the configuration, copies it as asked, brings its cell into the reduced form, and settles the masses: those of
    /// system.masses count most, then those of the potential, of the file, of the table of elements.
    /// </summary>
    /// <param name="run">The run file.</param>
    /// <param name="potentialMasses">Masses by species that the potential states; null: none.</param>
    /// <param name="notice">Told what was changed or assumed, one line each.</param>
    /// <exception cref="InputException">The system cannot be made, or the mass of a species is unknown.</exception>
    public static Configuration Load(RunInput run, IReadOnlyDictionary<string, double>? potentialMasses = null, Action<string>? notice = null)
    {
        var units = run.UnitSystem;
        var masses = new Dictionary<string, double>(potentialMasses ?? new Dictionary<string, double>());
        foreach (var (name, mass) in run.System.Masses)
        {
            masses[name] = mass;
        }
        var configuration = run.System switch
        {
            { Crystal: { } crystal } => CrystalBuilder.Build(crystal, units, masses),
            { Random: { } random } => RandomPlacement.Build(random, units, run.Seed, masses),
            { File: { } file } => StructureFile.Read(
                CheckedPath(run, file), new StructureReadOptions { Species = run.System.Species, Units = units, Notice = notice }, run.System.Frame),
            _ => throw new InputException("system: expected one of crystal, file, random"),
        };
        RequireKnown(run, configuration);
        WarnOfMasses(configuration, masses, units, notice);
        configuration.SpeciesTable =
        [
            .. configuration.SpeciesTable.Select(species => species with
            {
                Mass = masses.TryGetValue(species.Name, out var mass) ? mass
                    : species.Mass > 0 ? species.Mass : SpeciesMasses.Find(species.Name, units, null),
            }),
        ];
        if (configuration.SpeciesTable.FirstOrDefault(species => !(species.Mass > 0)) is { } unknown)
        {
            throw new InputException($"the mass of {unknown.Name} is unknown; add it to system.masses or to the potential");
        }
        configuration = Supercell.Build(configuration, run.System.Replicate[0], run.System.Replicate[1], run.System.Replicate[2]);
        var reduced = CellForm.Reduce(configuration);
        if (!ReferenceEquals(reduced, configuration))
        {
            notice?.Invoke("the cell is skewed by more than half an edge: an equivalent, less skewed cell is used");
        }
        reduced.Step = 0;
        reduced.Time = 0;
        return reduced;
    }

    /// <summary>The run with the hash of its structure file stated, so that the run's own hash covers the file's content.</summary>
    /// <exception cref="InputException">The file cannot be read, or has another content than the run states.</exception>
    public static RunInput WithFileHash(RunInput run) => run.System.File is { } file
        ? run with { System = run.System with { FileHash = HashOf(CheckedPath(run, file)) } }
        : run;

    private static void RequireKnown(RunInput run, Configuration configuration)
    {
        string[] names = [.. configuration.SpeciesTable.Select(s => s.Name)];
        if (run.System.Masses.Keys.Except(names).FirstOrDefault() is { } unknown)
        {
            throw new InputException($"system.masses names {unknown}, expected species of the system: {string.Join(", ", names)}");
        }
    }

    /// <summary>A species with the name of an element and the mass of another: most likely names in another order than the file's.</summary>
    private static void WarnOfMasses(Configuration configuration, Dictionary<string, double> masses, UnitSystem units, Action<string>? notice)
    {
        foreach (var species in configuration.SpeciesTable.Where(s => s.Mass > 0 && !masses.ContainsKey(s.Name) && !units.IsReduced))
        {
            var element = SpeciesMasses.Find(species.Name, units, null);
            if (element > 0 && Math.Abs(species.Mass - element) > MassTolerance * element)
            {
                notice?.Invoke(FormattableString.Invariant(
                    $"{species.Name} has the mass {species.Mass:G6} {units.MassUnit} in the file, the element {element:G6}; check that system.species names the file's types in their order, or state system.masses"));
            }
        }
    }

    private static string CheckedPath(RunInput run, string file)
    {
        var path = run.PathOf(file);
        if (run.System.FileHash is { } expected && HashOf(path) is var found && found != expected)
        {
            throw new InputException($"{path} has changed: its SHA-256 is {found}, the run states {expected}; restore the file or remove system.fileHash");
        }
        return path;
    }

    private static string HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"cannot read {path}: {exception.OneLine()}; check the path", exception);
        }
    }
}
