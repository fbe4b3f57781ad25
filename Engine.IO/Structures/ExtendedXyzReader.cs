using System.Globalization;
using Engine.Core.Builders;
using Engine.Core.Json;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Geometry;

namespace Engine.IO.Structures;

/// <summary>
/// Extended XYZ: per frame a line with the number of particles, a line of key=value pairs (Lattice, pbc, Properties, energy, virial or stress, …)
/// and a line per particle. Plain XYZ is the special case without keys. Unknown keys and columns are skipped.
/// </summary>
internal static class ExtendedXyzReader
{
    private static readonly string[] EnergyKeys =
        ["energy", "Energy", "dft_energy", "DFT_energy", "ref_energy", "REF_energy", "potential_energy", "free_energy", "total_energy"];

    private static readonly string[] ForceKeys = ["forces", "force", "dft_force", "dft_forces", "DFT_forces", "DFT_force", "ref_forces", "REF_forces"];
    private static readonly string[] VelocityKeys = ["velo", "velocities", "velocity", "vel"];
    private static readonly string[] ChargeKeys = ["charge", "charges", "initial_charges", "q"];
    private static readonly string[] VirialKeys = ["virial", "dft_virial", "DFT_virial", "ref_virial", "REF_virial"];
    private static readonly string[] StressKeys = ["stress", "dft_stress", "DFT_stress", "ref_stress", "REF_stress"];

    public static IEnumerable<Configuration> Read(LineSource lines, StructureReadOptions options)
    {
        var species = new SpeciesList(options.Species);
        var noticed = Noticed.Nothing;
        var frames = 0;
        while (lines.Next())
        {
            if (string.IsNullOrWhiteSpace(lines.Current))
            {
                continue;
            }
            var place = new FramePlace(lines.Path, frames++, lines.Number);
            var frame = ReadFrame(lines, options, species, ref noticed);
            frame.Place = place;
            yield return frame;
        }
        if (frames == 0)
        {
            throw lines.FileError("the file is empty; expected the number of particles in its first line");
        }
    }

    /// <summary>Whether a key of the second line has a place of its own in a frame, so that it is no label.</summary>
    internal static bool IsOwnKey(string key) =>
        key is "Properties" or "Lattice" or "lattice" or "pbc" or "Origin" or "origin" or "species_masses" or "step" or "time"
        || EnergyKeys.Contains(key) || VirialKeys.Contains(key) || StressKeys.Contains(key);

    private static Configuration ReadFrame(LineSource lines, StructureReadOptions options, SpeciesList species, ref Noticed noticed)
    {
        var count = lines.Integer(lines.Current.AsSpan().Trim(), "the number of particles");
        // [N, 3] arrays are indexed by int.
        if (count < 1 || count > int.MaxValue / 3)
        {
            throw lines.Error($"found {count} particles; expected at least one and at most {int.MaxValue / 3}");
        }
        if (!lines.Next())
        {
            throw lines.Error("the file ends; expected the line of key=value pairs after the number of particles");
        }
        var lattice = lines.Current!.Contains("Lattice", StringComparison.OrdinalIgnoreCase);
        // The second line of plain XYZ is free text and need not be well formed.
        var keys = lines.Current.Contains('=') ? ExtendedXyzComment.Parse(lines) : [];
        var columns = Columns(lines, keys.GetValueOrDefault("Properties") ?? "species:S:1:pos:R:3", options);
        if (keys.TryGetValue("species_masses", out var masses))
        {
            DeclareSpecies(lines, species, masses);
        }
        var vectors = keys.TryGetValue("Lattice", out var text) || keys.TryGetValue("lattice", out text) ? Numbers(lines, text, 9, "Lattice") : null;
        if (vectors is null && lattice)
        {
            throw lines.Error("Lattice without a value; expected Lattice=\"ax ay az bx by bz cx cy cz\"");
        }
        Vector3d[]? rotation = null;
        var box = vectors is null ? default : ReadBox(lines, keys, vectors, out rotation);
        var configuration = new Configuration { Box = box, SpeciesTable = [], Species = [], Positions = [] };
        ReadKeys(lines, keys, configuration, options);
        ReadRows(lines, columns, species, count, configuration);
        if (vectors is null)
        {
            configuration.Box = OpenBox(configuration.Positions);
            Notice(Noticed.NoCell, "cell: none; the structure is treated as not periodic; add Lattice=\"ax ay az bx by bz cx cy cz\" pbc=\"T T T\" to its second line if it is", ref noticed);
        }
        configuration.SpeciesTable = species.ToTable();
        if (rotation is not null)
        {
            Rotate(configuration, rotation);
            var alongOldAxes = configuration.Labels.Where(label => HasAxes(label.Key, label.Value)).Select(label => label.Key).ToArray();
            configuration.Labels = configuration.Labels.Where(label => !alongOldAxes.Contains(label.Key)).ToDictionary();
            var left = alongOldAxes.Length == 0 ? "" : $"; left out, because it may be along the old axes: {string.Join(", ", alongOldAxes)} (virials are read from virial or stress)";
            Notice(Noticed.Rotation, $"the cell is not lower-triangular: it was rotated, positions, velocities and forces with it{left}", ref noticed);
        }
        return configuration;

        void Notice(Noticed what, string text, ref Noticed noticed)
        {
            if ((noticed & what) == 0)
            {
                options.Notice?.Invoke(lines.About(text));
            }
            noticed |= what;
        }
    }

    private static void ReadRows(LineSource lines, List<Column> columns, SpeciesList species, int count, Configuration configuration)
    {
        var reals = new List<double>?[(int)Role.Mass + 1];
        var kinds = new List<int>(Math.Min(count, 1 << 16));
        List<int>? images = null;
        for (var i = 0; i < count; i++)
        {
            if (!lines.Next())
            {
                throw lines.Error($"the file ends after {i} of {count} particles; expected {count} lines");
            }
            var rest = lines.Current.AsSpan();
            foreach (var column in columns)
            {
                if (column.Role == Role.Image)
                {
                    images ??= [];
                }
                for (var k = 0; k < column.Width; k++)
                {
                    var word = LineSource.Word(ref rest);
                    switch (column.Role)
                    {
                        case Role.Skip:
                            if (word.IsEmpty)
                            {
                                throw lines.Error($"found the end of the line, expected a value of {column.Name}");
                            }
                            break;
                        case Role.Species:
                            kinds.Add(species.IndexOf(lines, word));
                            break;
                        case Role.AtomicNumber:
                            var number = lines.Integer(word, column.Name);
                            kinds.Add(species.IndexOf(
                                lines, Elements.SymbolOf(number) ?? throw lines.Error($"found atomic number {number}; expected 1 to {Elements.Count}")));
                            break;
                        case Role.Image:
                            images!.Add(lines.Integer(word, column.Name));
                            break;
                        default:
                            (reals[(int)column.Role] ??= new List<double>(Math.Min(3 * count, 1 << 16))).Add(lines.Real(word, column.Name));
                            break;
                    }
                }
            }
            if (!rest.Trim().IsEmpty)
            {
                throw lines.Error($"found {LineSource.Quote(rest.Trim())} after the last column; expected {columns.Sum(column => column.Width)} columns");
            }
            if (reals[(int)Role.Mass] is { } masses)
            {
                species.SetMass(kinds[i], masses[i]);
            }
        }
        configuration.Species = [.. kinds];
        configuration.Positions = [.. reals[(int)Role.Position]!];
        configuration.Velocities = reals[(int)Role.Velocity]?.ToArray();
        configuration.Forces = reals[(int)Role.Force]?.ToArray();
        configuration.Charges = reals[(int)Role.Charge]?.ToArray();
        configuration.Images = images?.ToArray();
    }

    private static List<Column> Columns(LineSource lines, string properties, StructureReadOptions options)
    {
        var parts = properties.Split(':');
        if (parts.Length % 3 != 0)
        {
            throw lines.Error($"Properties={properties.Trim()} is not a list of name:type:width; expected such as species:S:1:pos:R:3");
        }
        var columns = new List<Column>();
        for (var i = 0; i < parts.Length; i += 3)
        {
            var (name, type) = (parts[i], parts[i + 1]);
            var width = lines.Integer(parts[i + 2], $"the width of column {name}");
            if (width is < 1 or > 1000 || type is not ("S" or "R" or "I" or "L"))
            {
                throw lines.Error($"Properties: column {name}:{type}:{width} is malformed; expected type S, R, I or L and a width from 1 to 1000");
            }
            columns.Add(new Column(name, RoleOf(name, type, width), width));
        }
        // Where a file has a quantity under several names, the first in the list of spellings counts.
        if (options.ForceKey is { } force)
        {
            var index = columns.FindIndex(column => column.Name == force && column.Width == 3);
            if (index < 0)
            {
                throw lines.Error($"there is no column {force} of width 3 in Properties={properties.Trim()}");
            }
            columns[index] = new Column(force, Role.Force, 3);
        }
        // Where a file has a quantity under several names, the first in the list of spellings counts.
        string[] forceKeys = options.ForceKey is { } key ? [key] : ForceKeys;
        options.Keys?.Forces.Add([.. forceKeys.Where(name => columns.Exists(column => column.Role == Role.Force && column.Name == name))]);
        KeepOne(columns, Role.Force, forceKeys);
        KeepOne(columns, Role.Velocity, VelocityKeys);
        KeepOne(columns, Role.Charge, ChargeKeys);
        if (columns.Exists(column => column.Role == Role.Species))
        {
            KeepOne(columns, Role.AtomicNumber, []);
        }
        KeepOne(columns, Role.Position, ["pos", "positions"]);
        if (columns.Count(column => column.Role == Role.Position) != 1
            || columns.Count(column => column.Role is Role.Species or Role.AtomicNumber) != 1
            || columns.GroupBy(column => column.Name).Any(group => group.Count() > 1))
        {
            throw lines.Error($"Properties={properties.Trim()}: expected each column once, among them pos:R:3 and one of species:S:1 and Z:I:1");
        }
        return columns;
    }

    private static Role RoleOf(string name, string type, int width) => (name, type, width) switch
    {
        ("species" or "element" or "symbols", "S", 1) => Role.Species,
        ("Z" or "numbers", "I", 1) => Role.AtomicNumber,
        ("pos" or "positions", "R", 3) => Role.Position,
        ("masses" or "mass", "R", 1) => Role.Mass,
        ("images", "I", 3) => Role.Image,
        (_, "R", 3) when ForceKeys.Contains(name) => Role.Force,
        (_, "R", 3) when VelocityKeys.Contains(name) => Role.Velocity,
        (_, "R", 1) when ChargeKeys.Contains(name) => Role.Charge,
        _ => Role.Skip,
    };

    private static void KeepOne(List<Column> columns, Role role, string[] names)
    {
        var keep = names.FirstOrDefault(name => columns.Exists(column => column.Role == role && column.Name == name));
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i].Role == role && columns[i].Name != keep)
            {
                columns[i] = columns[i] with { Role = Role.Skip };
            }
        }
    }

    private static void DeclareSpecies(LineSource lines, SpeciesList species, string masses)
    {
        var rest = masses.AsSpan();
        while (!rest.Trim().IsEmpty)
        {
            var name = LineSource.Word(ref rest).ToString();
            species.Declare(name, lines.Real(LineSource.Word(ref rest), $"the mass of {name} in species_masses"));
        }
    }

    private static Box ReadBox(LineSource lines, Dictionary<string, string> keys, double[] v, out Vector3d[]? rotation)
    {
        var box = CellForm.LowerTriangular(new(v[0], v[1], v[2]), new(v[3], v[4], v[5]), new(v[6], v[7], v[8]), out rotation)
            ?? throw lines.Error("Lattice spans no volume; expected three independent vectors (leave Lattice out where nothing is periodic)");
        var periodic = keys.TryGetValue("pbc", out var text) ? Flags(lines, text) : [true, true, true];
        var origin = box.Origin;
        if (keys.TryGetValue("Origin", out var corner) || keys.TryGetValue("origin", out corner))
        {
            var o = Numbers(lines, corner, 3, "Origin");
            var start = new Vector3d(o[0], o[1], o[2]);
            origin += rotation is null ? start : CellForm.Rotate(rotation, start);
        }
        return box with { Origin = origin, PeriodicX = periodic[0], PeriodicY = periodic[1], PeriodicZ = periodic[2] };
    }

    private static void ReadKeys(LineSource lines, Dictionary<string, string> keys, Configuration configuration, StructureReadOptions options)
    {
        configuration.Labels = keys.Where(key => key.Key != options.EnergyKey && !IsOwnKey(key.Key)).ToDictionary();
        string[] Present(string[] names) => [.. names.Where(keys.ContainsKey)];
        if (options.EnergyKey is { } energyKey && !keys.ContainsKey(energyKey))
        {
            throw lines.Error($"there is no key {energyKey}; {Spelling.Expected(energyKey, keys.Keys)} one of {string.Join(", ", keys.Keys)}");
        }
        var energies = Present(options.EnergyKey is { } key ? [key] : EnergyKeys);
        if (energies.Length > 0)
        {
            configuration.Energy = lines.Real(keys[energies[0]].AsSpan().Trim(), "the energy");
        }
        var virials = Present(VirialKeys);
        var stresses = keys.Keys.Any(name => name.Equals("lattice", StringComparison.OrdinalIgnoreCase)) ? Present(StressKeys) : [];
        if (virials.Length > 0)
        {
            configuration.Virial = Tensor(lines, keys[virials[0]], "virial");
        }
        else if (stresses.Length > 0)
        {
            // Stress is positive under tension: σ = −W/V (kinetic part excluded).
            configuration.Virial = -configuration.Box.Volume * Tensor(lines, keys[stresses[0]], "stress");
        }
        options.Keys?.Energies.Add(energies);
        options.Keys?.Virials.Add([.. virials, .. stresses]);
        if (keys.TryGetValue("step", out var step))
        {
            configuration.Step = long.TryParse(step, out var value) ? value : throw lines.Error($"found {LineSource.Quote(step)}, expected an integer for step");
        }
        if (keys.TryGetValue("time", out var time))
        {
            configuration.Time = lines.Real(time.AsSpan().Trim(), "time");
        }
    }

    /// <summary>Nine numbers row by row, or six in Voigt order xx yy zz yz xz xy.</summary>
    private static SymmetricTensor Tensor(LineSource lines, string text, string what)
    {
        var words = text.Split((char[])[' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var t = words.Select(word => lines.Real(word, what)).ToArray();
        return t.Length switch
        {
            6 => new(t[0], t[1], t[2], t[5], t[4], t[3]),
            9 => new(t[0], t[4], t[8], 0.5 * (t[1] + t[3]), 0.5 * (t[2] + t[6]), 0.5 * (t[5] + t[7])),
            _ => throw lines.Error($"{what} has {t.Length} numbers; expected 9, or 6 in the order xx yy zz yz xz xy"),
        };
    }

    private static double[] Numbers(LineSource lines, string text, int count, string what)
    {
        var numbers = new double[count];
        var rest = text.Replace(',', ' ').AsSpan();
        for (var i = 0; i < count; i++)
        {
            numbers[i] = lines.Real(LineSource.Word(ref rest), what);
        }
        return rest.Trim().IsEmpty ? numbers : throw lines.Error($"{what} has more than {count} numbers");
    }

    private static bool[] Flags(LineSource lines, string text)
    {
        var words = text.Split((char[])[' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var flags = words.Select(word => word switch
        {
            "T" or "True" or "true" or "1" => true,
            "F" or "False" or "false" or "0" => false,
            _ => throw lines.Error($"pbc: found {LineSource.Quote(word)}, expected T or F"),
        }).ToArray();
        return flags.Length == 3 ? flags : throw lines.Error($"pbc has {flags.Length} flags; expected three, such as pbc=\"T T T\"");
    }

    private static Box OpenBox(double[] positions)
    {
        double Low(int axis) => Enumerable.Range(0, positions.Length / 3).Min(i => positions[3 * i + axis]);
        double High(int axis) => Enumerable.Range(0, positions.Length / 3).Max(i => positions[3 * i + axis]);
        var origin = new Vector3d(Low(0), Low(1), Low(2));
        // A flat or single-point cloud still needs a volume.
        double Length(int axis, double low) => High(axis) > low ? High(axis) - low : 1;
        return new Box(Length(0, origin.X), Length(1, origin.Y), Length(2, origin.Z), 0, 0, 0, origin, false, false, false);
    }

    /// <summary>Whether a label may be a vector or a tensor: by its name, or as 3, 6 or 9 numbers.</summary>
    private static bool HasAxes(string key, string value)
    {
        if (!key.EndsWith("_sigma", StringComparison.Ordinal)
            && (key.Contains("stress", StringComparison.OrdinalIgnoreCase) || key.Contains("virial", StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }
        var words = value.Split((char[])[' ', ',', '\t', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length is 3 or 6 or 9 && words.All(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
    }

    private static void Rotate(Configuration configuration, Vector3d[] rotation)
    {
        CellForm.Rotate(rotation, configuration.Positions);
        CellForm.Rotate(rotation, configuration.Velocities);
        CellForm.Rotate(rotation, configuration.Forces);
        if (configuration.Virial is { } virial)
        {
            configuration.Virial = CellForm.Rotate(rotation, virial);
        }
    }

    /// <summary>What was said of a frame and would hold for the next ones too.</summary>
    [Flags]
    private enum Noticed
    {
        Nothing = 0,
        Rotation = 1,
        NoCell = 2,
    }

    private enum Role
    {
        Skip,
        Species,
        AtomicNumber,
        Image,
        Position,
        Velocity,
        Force,
        Charge,
        Mass,
    }

    private sealed record Column(string Name, Role Role, int Width);
}
