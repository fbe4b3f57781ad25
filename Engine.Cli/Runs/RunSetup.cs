using System.Text.Json.Nodes;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Potentials.Terms;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>What an input names, read and checked: everything that can be wrong before the first step.</summary>
/// <param name="Input">Resolved, with potential and tables in line and the hash of the structure file, so that its own hash covers every number of the physics.</param>
/// <param name="Start">Starting configuration, masses settled, velocities those of the file or none.</param>
/// <param name="Model">The potential for the species of <paramref name="Start"/>.</param>
/// <param name="Files">SHA-256 of every file that was read, by path.</param>
/// <param name="Notices">What was changed or assumed, and warnings of the potential; one line each.</param>
internal sealed record RunSetup(
    RunInput Input, Configuration Start, PotentialModel Model, IReadOnlyDictionary<string, string> Files, IReadOnlyList<string> Notices)
{
    /// <exception cref="InputException">Whatever is wrong first.</exception>
    public static RunSetup Read(string path, IEnumerable<string> overrides)
    {
        var notices = new List<string>();
        var input = RunInput.ReadFile(path, overrides).Resolve();
        var files = new Dictionary<string, string> { [Path.GetFullPath(path)] = TrajectoryId.Bytes(path) };
        var units = input.UnitSystem;
        var potential = Potential(ref input, path, files);
        var masses = potential?.Species.Where(s => s.Value.Mass is not null).ToDictionary(s => s.Key, s => s.Value.Mass!.Value);
        input = SystemLoader.WithFileHash(input);
        if (input.System is { File: { } structure, FileHash: { } hash })
        {
            files[Path.GetFullPath(input.PathOf(structure))] = hash;
        }
        var start = SystemLoader.Load(input, masses, notices.Add);
        var model = potential is null ? PotentialModel.IdealGas(start.SpeciesTable, units) : PotentialModel.Build(potential, start.SpeciesTable, units);
        notices.AddRange(model.Warnings);
        WarnOfCharges(start, model, notices);
        RequireCell(model, start);
        AnalysisCheck.Require(input, start, notices.Add);
        return new(input, start, model, files, notices);
    }

    /// <summary>Charges are the potential's, where it has any; those of a structure file are read and not used.</summary>
    private static void WarnOfCharges(Configuration start, PotentialModel model, List<string> notices)
    {
        if (start.Charges is not { } charges || model.Charges.All(q => q == 0))
        {
            return;
        }
        foreach (var species in Enumerable.Range(0, start.SpeciesTable.Count))
        {
            var own = model.Charges[species];
            var other = Enumerable.Range(0, start.Count).Where(i => start.Species[i] == species).Select(i => charges[i]).FirstOrDefault(q => Math.Abs(q - own) > 1e-6 * Math.Max(1, Math.Abs(own)), own);
            if (other != own)
            {
                notices.Add(FormattableString.Invariant($"{start.SpeciesTable[species].Name} has the charge {other:G6} in the file and {own:G6} in the potential {model.Name}; the latter is used"));
            }
        }
    }

    /// <summary>What was chosen where the input leaves the choice, by what it is for; of the cell at the start.</summary>
    public IReadOnlyDictionary<string, string> Methods => Model.Methods(Start.Box, Start.Count);

    /// <summary>What the first forces would refuse.</summary>
    /// <exception cref="InputException">The cell is charged, open or too large under an Ewald sum, or open under tail corrections.</exception>
    private static void RequireCell(PotentialModel model, Configuration start)
    {
        var counts = new int[start.SpeciesTable.Count];
        foreach (var species in start.Species)
        {
            counts[species]++;
        }
        if (model.Ewald is { } ewald)
        {
            EwaldReciprocal.CheckPeriodic(start.Box);
            // Refuses what would be too large.
            _ = ewald.Describe(start.Box, start.Count);
        }
        _ = model.ConstantEnergy(counts);
        _ = model.TailCorrection(counts, start.Box);
    }

    /// <summary>The potential with its tables, which takes the place of its file in the input.</summary>
    private static PotentialFile? Potential(ref RunInput input, string source, Dictionary<string, string> files)
    {
        PotentialFile file;
        string folder;
        switch (input.Potential)
        {
            case null:
                return null;
            case JsonObject inline:
                file = PotentialFile.Parse(inline.ToJsonString(), $"{source}, potential");
                folder = input.Folder;
                break;
            case JsonValue value when value.TryGetValue<string>(out var name):
                var path = input.PathOf(name);
                file = PotentialFile.ReadFile(path);
                folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
                files[Path.GetFullPath(path)] = TrajectoryId.Bytes(path);
                break;
            default:
                throw new InputException($"{source}: potential is {input.Potential.ToJsonString()}, expected the path of a potential file, an object, or null");
        }
        var tables = file.Terms.OfType<TableTerm>().SelectMany(term => term.Pairs.Values).Select(table => table.File).OfType<string>();
        file = file.WithTables(folder);
        foreach (var table in tables.Select(name => Path.Combine(folder, name)))
        {
            files[Path.GetFullPath(table)] = TrajectoryId.Bytes(table);
        }
        foreach (var read in file.Terms.OfType<GapTerm>().SelectMany(term => term.Model!.Files))
        {
            files[Path.GetFullPath(read)] = TrajectoryId.Bytes(read);
        }
        input = input with { Potential = StrictJson.ToNode(file) };
        return file;
    }
}
