using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Geometry;

namespace Engine.IO.Structures;

/// <summary>
/// LAMMPS data files of the atom styles atomic, charge, molecular and full. Particles are put in the order of their ids. Sections on bonds and
/// coefficients are skipped. Species are named by the options, else by comments or type labels ("1 178.49 # Hf"), else by the nearest element.
/// </summary>
internal sealed class LammpsDataReader
{
    private static readonly string[] Skipped =
    [
        "Bonds", "Angles", "Dihedrals", "Impropers", "Ellipsoids", "Lines", "Triangles", "Bodies", "Pair Coeffs", "PairIJ Coeffs", "Bond Coeffs",
        "Angle Coeffs", "Dihedral Coeffs", "Improper Coeffs", "Bond Type Labels", "Angle Type Labels", "Dihedral Type Labels", "Improper Type Labels",
    ];

    private readonly LineSource _lines;
    private readonly StructureReadOptions _options;
    private readonly Dictionary<string, int> _typeOfLabel = [];
    private readonly Dictionary<int, int> _indexOfId = [];
    private readonly List<int> _ids = [];
    private readonly List<int> _types = [];
    private readonly List<double> _positions = [];
    private readonly List<double> _charges = [];
    private readonly List<int> _images = [];
    private int _count = -1;
    private int _typeCount = -1;
    private string?[] _names = [];
    private double[] _masses = [];
    private Vector3d _low;
    private Vector3d _high;
    private int _bounds;
    private (double XY, double XZ, double YZ) _tilt;
    private double[]? _velocities;

    private LammpsDataReader(LineSource lines, StructureReadOptions options) => (_lines, _options) = (lines, options);

    public static Configuration Read(LineSource lines, StructureReadOptions options) => new LammpsDataReader(lines, options).Read();

    private Configuration Read()
    {
        if (!_lines.Next())
        {
            throw _lines.FileError("the file is empty; expected a LAMMPS data file");
        }
        ReadHeader();
        var box = MakeBox();
        while (NextContent(out var content))
        {
            ReadSection(content);
        }
        if (_ids.Count == 0)
        {
            throw _lines.FileError("there is no Atoms section; expected one after the header");
        }
        return Sorted(box);
    }

    private void ReadHeader()
    {
        while (NextContent(out var content))
        {
            if (char.IsAsciiLetter(content[0]))
            {
                _lines.Unread();
                return;
            }
            var words = content.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case [var n, "atoms"]:
                    _count = Count(n, "the number of atoms");
                    break;
                case [var n, "atom", "types"]:
                    _typeCount = Count(n, "the number of atom types");
                    if (_typeCount > 1000)
                    {
                        throw _lines.Error($"found {_typeCount} atom types; expected at most 1000");
                    }
                    _names = new string?[_typeCount];
                    _masses = new double[_typeCount];
                    break;
                case [var low, var high, "xlo", "xhi"]:
                    _low = _low with { X = _lines.Real(low, "xlo") };
                    _high = _high with { X = _lines.Real(high, "xhi") };
                    _bounds |= 1;
                    break;
                case [var low, var high, "ylo", "yhi"]:
                    _low = _low with { Y = _lines.Real(low, "ylo") };
                    _high = _high with { Y = _lines.Real(high, "yhi") };
                    _bounds |= 2;
                    break;
                case [var low, var high, "zlo", "zhi"]:
                    _low = _low with { Z = _lines.Real(low, "zlo") };
                    _high = _high with { Z = _lines.Real(high, "zhi") };
                    _bounds |= 4;
                    break;
                case [var xy, var xz, var yz, "xy", "xz", "yz"]:
                    _tilt = (_lines.Real(xy, "xy"), _lines.Real(xz, "xz"), _lines.Real(yz, "yz"));
                    break;
                case [_, "bonds" or "angles" or "dihedrals" or "impropers" or "ellipsoids" or "lines" or "triangles" or "bodies"]:
                case [_, "bond" or "angle" or "dihedral" or "improper", "types"]:
                case [_, "extra", ..]:
                    break;
                default:
                    throw _lines.Error($"header line {LineSource.Quote(content)} is not understood; expected such as \"96 atoms\" or \"0 10 xlo xhi\"");
            }
        }
    }

    private Box MakeBox()
    {
        if (_count < 0 || _typeCount < 0 || _bounds != 7)
        {
            throw _lines.FileError("the header is incomplete; expected atoms, atom types, xlo xhi, ylo yhi and zlo zhi before the first section");
        }
        var edges = _high - _low;
        if (!(edges.X > 0 && edges.Y > 0 && edges.Z > 0) || !double.IsFinite(edges.X * edges.Y * edges.Z))
        {
            throw _lines.FileError("the box has no volume; expected xlo < xhi, ylo < yhi and zlo < zhi");
        }
        return new Box(edges.X, edges.Y, edges.Z, _tilt.XY, _tilt.XZ, _tilt.YZ, _low);
    }

    private void ReadSection(string content)
    {
        if (content == "Masses")
        {
            ReadMasses();
        }
        else if (content == "Atom Type Labels")
        {
            ReadLabels();
        }
        else if (content == "Atoms")
        {
            ReadAtoms(Comment(_lines.Current!));
        }
        else if (content == "Velocities")
        {
            ReadVelocities();
        }
        else if (Skipped.Contains(content))
        {
            while (NextRow(out _))
            {
            }
        }
        else
        {
            throw _lines.Error($"section {LineSource.Quote(content)} is not known; expected Masses, Atoms, Velocities or another section of a LAMMPS data file");
        }
    }

    private void ReadMasses()
    {
        for (var i = 0; i < _typeCount; i++)
        {
            var words = Row(i, _typeCount, "Masses", 2, 2);
            var type = Type(words[0]);
            _masses[type] = _lines.Real(words[1], "a mass");
            if (_masses[type] <= 0)
            {
                throw _lines.Error($"found mass {words[1]}; expected a positive number");
            }
            var comment = Comment(_lines.Current!);
            _names[type] ??= comment.Length > 0 ? comment.Split(' ', '\t')[0] : null;
        }
    }

    private void ReadLabels()
    {
        for (var i = 0; i < _typeCount; i++)
        {
            var words = Row(i, _typeCount, "Atom Type Labels", 2, 2);
            var type = Type(words[0]);
            _names[type] = words[1];
            _typeOfLabel[words[1]] = type;
        }
    }

    private void ReadAtoms(string styleInFile)
    {
        if (_ids.Count > 0)
        {
            throw _lines.Error("there are two Atoms sections; expected one");
        }
        if (styleInFile.Length > 0 && _options.AtomStyle is { } given && given != styleInFile)
        {
            throw _lines.Error($"the atom style is {LineSource.Quote(styleInFile)}, {LineSource.Quote(given)} was asked for; leave it out");
        }
        LammpsAtomStyle? style = (styleInFile.Length > 0 ? styleInFile : _options.AtomStyle) is { } name ? LammpsAtomStyle.Named(name, _lines) : null;
        for (var i = 0; i < _count; i++)
        {
            var words = Row(i, _count, "Atoms", 5, 10);
            style ??= LammpsAtomStyle.Guess(words, _lines);
            var (typeColumn, chargeColumn, columns) = style.Value;
            if (words.Length != columns && words.Length != columns + 3)
            {
                throw _lines.Error($"found {words.Length} columns; expected {columns}, or {columns + 3} with image flags, for this atom style");
            }
            var id = _lines.Integer(words[0], "an atom id");
            if (!_indexOfId.TryAdd(id, i))
            {
                throw _lines.Error($"atom id {id} occurs twice; expected distinct ids");
            }
            _ids.Add(id);
            _types.Add(Type(words[typeColumn]));
            if (chargeColumn >= 0)
            {
                _charges.Add(_lines.Real(words[chargeColumn], "a charge"));
            }
            for (var axis = 0; axis < 3; axis++)
            {
                _positions.Add(_lines.Real(words[columns - 3 + axis], "a coordinate"));
            }
            if (words.Length > columns)
            {
                for (var axis = 0; axis < 3; axis++)
                {
                    _images.Add(_lines.Integer(words[columns + axis], "an image flag"));
                }
            }
        }
        if (_images.Count > 0 && _images.Count != 3 * _count)
        {
            throw _lines.Error("some atoms have image flags and others not; expected them for all or none");
        }
        if (NextRow(out var further))
        {
            throw _lines.Error($"found {LineSource.Quote(further)} after {_count} atoms; expected as many lines as the header says");
        }
    }

    private void ReadVelocities()
    {
        if (_ids.Count == 0)
        {
            throw _lines.Error("Velocities come before Atoms; expected them after");
        }
        _velocities = new double[3 * _count];
        var seen = new HashSet<int>();
        for (var i = 0; i < _count; i++)
        {
            var words = Row(i, _count, "Velocities", 4, 4);
            if (!_indexOfId.TryGetValue(_lines.Integer(words[0], "an atom id"), out var index) || !seen.Add(index))
            {
                throw _lines.Error($"there is no further atom of id {words[0]}; expected each id of Atoms once");
            }
            for (var axis = 0; axis < 3; axis++)
            {
                _velocities[3 * index + axis] = _lines.Real(words[1 + axis], "a velocity");
            }
        }
    }

    private int Type(string word)
    {
        if (_typeOfLabel.TryGetValue(word, out var labelled))
        {
            return labelled;
        }
        var type = _lines.Integer(word, "an atom type");
        return type >= 1 && type <= _typeCount ? type - 1 : throw _lines.Error($"found atom type {type}; expected 1 to {_typeCount}");
    }

    private int Count(string word, string what)
    {
        var count = _lines.Integer(word, what);
        return count >= 1 && count <= int.MaxValue / 3 ? count : throw _lines.Error($"found {count} for {what}; expected at least 1 and at most {int.MaxValue / 3}");
    }

    private Configuration Sorted(Box box)
    {
        var order = Enumerable.Range(0, _count).OrderBy(i => _ids[i]).ToArray();
        T[]? Rows<T>(IReadOnlyList<T>? values, int width)
        {
            if (values is null or { Count: 0 })
            {
                return null;
            }
            var rows = new T[values.Count];
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = values[width * order[i / width] + i % width];
            }
            return rows;
        }
        return new Configuration
        {
            Box = box,
            Place = new(_lines.Path, 0),
            SpeciesTable = Table(),
            Species = Rows(_types, 1)!,
            Positions = Rows(_positions, 3)!,
            Charges = Rows(_charges, 1),
            Images = Rows(_images, 3),
            Velocities = Rows(_velocities, 3),
        };
    }

    private Species[] Table()
    {
        if (_options.Species is { } given && given.Count != _typeCount)
        {
            throw _lines.FileError($"{given.Count} species are given ({string.Join(", ", given)}), the file has {_typeCount} atom types; expected a name for each");
        }
        var units = _options.Units ?? UnitSystem.Metal;
        var amu = units.IsReduced ? 0 : Quantity.Parse("1 amu", QuantityKind.Mass, units);
        var table = new Species[_typeCount];
        for (var type = 0; type < _typeCount; type++)
        {
            var element = _masses[type] > 0 && amu > 0 ? Elements.NearestByMass(_masses[type] / amu) : null;
            var name = _options.Species?[type] ?? _names[type] ?? element ?? DefaultName(type);
            if (_options.Species is null && _names[type] is null)
            {
                _options.Notice?.Invoke(_lines.About($"atom type {type + 1} is not named; taken as {name}"));
            }
            table[type] = new Species(name, _masses[type]);
        }
        if (table.Select(species => species.Name).Distinct().Count() != table.Length)
        {
            throw _lines.FileError($"two atom types have the same name ({string.Join(", ", table.Select(species => species.Name))}); give system.species");
        }
        return table;
    }

    // A, B, …, then X27, X28, …
    private static string DefaultName(int type) => type < 26 ? ((char)('A' + type)).ToString() : $"X{type + 1}";

    private string[] Row(int i, int count, string section, int fewest, int most)
    {
        if (!NextRow(out var content))
        {
            throw _lines.Error($"{section} ends after {i} of {count} lines; expected as many as the header says");
        }
        var words = content.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= fewest && words.Length <= most
            ? words
            : throw _lines.Error($"found {words.Length} columns in {section}; expected {(fewest == most ? fewest : $"{fewest} to {most}")}");
    }

    /// <summary>The next line of a section; false at its end, where the next section's name is left to be read.</summary>
    private bool NextRow(out string content)
    {
        if (!NextContent(out content))
        {
            return false;
        }
        // Rows start with a number, names of sections with a letter.
        if (char.IsAsciiLetter(content[0]))
        {
            _lines.Unread();
            return false;
        }
        return true;
    }

    /// <summary>The next line that is more than a comment, without its comment.</summary>
    private bool NextContent(out string content)
    {
        while (_lines.Next())
        {
            var line = _lines.Current!;
            var hash = line.IndexOf('#');
            content = (hash < 0 ? line : line[..hash]).Trim();
            if (content.Length > 0)
            {
                return true;
            }
        }
        content = "";
        return false;
    }

    private static string Comment(string line)
    {
        var hash = line.IndexOf('#');
        return hash < 0 ? "" : line[(hash + 1)..].Trim();
    }
}
