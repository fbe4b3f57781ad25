using Engine.Core.Particles;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;

namespace Engine.IO.H5md;

/// <summary>
/// Reads H5MD 1.1 trajectories frame by frame, of this program or of others, also one that is still being written (frames up to the last flush
/// when it was opened). A frame is what is stored at a step of the positions; velocities, forces and images of other steps are left out, box and
/// species hold until their next entry.
/// </summary>
public sealed partial class H5mdReader : IDisposable
{
    private readonly Hdf5File file;
    private readonly string group = "";
    private readonly H5mdElement position;
    private readonly H5mdElement? edges;
    private readonly H5mdElement? origin;
    private readonly H5mdElement? image;
    private readonly H5mdElement? velocity;
    private readonly H5mdElement? force;
    private readonly H5mdElement? charge;
    private readonly H5mdElement? species;
    private readonly H5mdElement? identity;
    private readonly List<H5mdElement> opened = [];
    private readonly bool[] periodic = [true, true, true];
    private readonly Dictionary<long, int> codes = [];
    private int[]? fixedSpecies;
    private bool disposed;

    private H5mdReader(Hdf5File file)
    {
        this.file = file;
        try
        {
            if (file.HeapDamage is { } heap)
            {
                throw new InputException($"{file.Path} is damaged: {heap}; `./engine recover {file.Path} --out NEW.h5` saves the frames");
            }
            group = ParticlesGroup(file);
            position = Element("position") ?? throw new InputException($"{file.Path} holds no positions in {group}; expected {group}/position");
            if (!position.TimeDependent || position.Value.Size is not [_, var particles, 3])
            {
                throw new InputException($"{group}/position of {file.Path} has the shape [{string.Join(", ", position.Value.Size)}]; expected [frames, particles, 3]");
            }
            ParticleCount = checked((int)particles);
            edges = Element("box/edges");
            origin = Element("box/origin");
            image = Element("image");
            velocity = Element("velocity");
            force = Element("force");
            charge = Element("charge");
            species = Element("species");
            identity = Element("id");
            FrameCount = position.Rows;
            if (file.Exists(group + "/box"))
            {
                using var box = file.Open(group + "/box");
                var words = Hdf5Attributes.ReadStrings(box.Id, "boundary") ?? [];
                for (var i = 0; i < Math.Min(3, words.Length); i++)
                {
                    periodic[i] = words[i] == "periodic";
                }
            }
            SpeciesTable = ReadSpeciesTable();
        }
        catch
        {
            Close();
            throw;
        }
    }

    public string Path => file.Path;

    public long FrameCount { get; }

    /// <summary>Particles per frame, the largest number where it varies.</summary>
    public int ParticleCount { get; }

    public IReadOnlyList<Species> SpeciesTable { get; }

    /// <summary>Name of the unit system, null for a file of another program.</summary>
    public string? Units { get; private set; }

    /// <summary>What <see cref="H5mdOptions.Metadata"/> was.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>The file was not closed: its run was killed or is still writing.</summary>
    public bool Unsealed => file.Unsealed;

    /// <exception cref="InputException">No such file, not H5MD, or damaged.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is absent.</exception>
    public static H5mdReader Open(string path) => Guard(path, () => new H5mdReader(Hdf5File.OpenRead(path)));

    /// <summary>Step of a frame.</summary>
    public long Step(long frame) => position.Step(Checked(frame));

    /// <summary>Reads a frame, 0 ≤ <paramref name="frame"/> &lt; <see cref="FrameCount"/>.</summary>
    /// <exception cref="InputException">The frame is damaged or its box is not one this program can use.</exception>
    public Configuration ReadFrame(long frame)
    {
        Checked(frame);
        var configuration = Guard(Path, () => Read(frame));
        configuration.Place = new(Path, frame);
        return configuration;
    }

    /// <summary>Frames start, start + stride, … one after the other.</summary>
    /// <param name="start">First frame.</param>
    /// <param name="count">How many at most; all by default.</param>
    /// <param name="stride">Distance between them.</param>
    public IEnumerable<Configuration> Frames(long start = 0, long count = long.MaxValue, long stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        for (long frame = start, n = 0; frame < FrameCount && n < count; frame += stride, n++)
        {
            yield return ReadFrame(frame);
        }
    }

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            using (Hdf5Library.Enter())
            {
                Close();
            }
        }
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        using (Hdf5Library.Enter())
        {
            try
            {
                return read();
            }
            catch (Exception error) when (error is Hdf5Exception or OverflowException)
            {
                throw new InputException($"{path} cannot be read ({error.Message}); `./engine verify {path}` names the damage, `./engine recover {path} --out NEW.h5` saves the rest", error);
            }
        }
    }

    private static string ParticlesGroup(Hdf5File file)
    {
        if (!file.Exists("particles"))
        {
            throw new InputException($"{file.Path} is not an H5MD trajectory: it has no group \"particles\"");
        }
        var names = file.Links("particles");
        return names.Length == 0
            ? throw new InputException($"{file.Path} holds no group of particles")
            : "particles/" + (names.Contains("trajectory") ? "trajectory" : names[0]);
    }

    private void Close()
    {
        foreach (var element in opened)
        {
            element.Dispose();
        }
        file.Dispose();
    }

    private long Checked(long frame) => frame >= 0 && frame < FrameCount
        ? frame
        : throw new InputException($"{Path} has frames 0 to {FrameCount - 1}, frame {frame} was asked for");

    private H5mdElement? Element(string name)
    {
        var element = H5mdElement.Open(file, group + "/" + name);
        if (element is not null)
        {
            opened.Add(element);
        }
        return element;
    }

    private Configuration Read(long frame)
    {
        var step = position.Step(frame);
        var positions = position.Doubles(frame);
        var present = Present(step);
        var configuration = new Configuration
        {
            Step = step,
            Time = position.HasTime ? position.Time(frame) : 0,
            Box = ReadBox(step, positions),
            SpeciesTable = SpeciesTable,
            Species = Pick(present, ReadSpecies(step), 1),
            Positions = Pick(present, positions, 3),
            Velocities = Pick(present, At(velocity, step, 3), 3),
            Forces = Pick(present, At(force, step, 3), 3),
            Charges = Pick(present, At(charge, step, 1), 1),
        };
        if (image is not null && (image.TimeDependent ? image.RowOf(step) : 0) is >= 0 and var row)
        {
            var images = Array.ConvertAll(Sized(image, image.Longs(row), 3), i => (int)i);
            configuration.Images = Pick(present, images, 3);
        }
        return configuration;
    }

    /// <summary>Indices of the particles present in order of their ids; null where every particle always is, in order.</summary>
    private int[]? Present(long step)
    {
        if (identity is null || (identity.TimeDependent ? identity.LastRowUpTo(step) : 0) is not (>= 0 and var row))
        {
            return null;
        }
        var ids = Sized(identity, identity.Longs(row), 1);
        var present = Enumerable.Range(0, ids.Length).Where(i => ids[i] >= 0).ToArray();
        Array.Sort(Array.ConvertAll(present, i => ids[i]), present);
        return present;
    }

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(values))]
    private static T[]? Pick<T>(int[]? present, T[]? values, int width)
    {
        if (present is null || values is null)
        {
            return values;
        }
        var picked = new T[present.Length * width];
        for (var i = 0; i < present.Length; i++)
        {
            Array.Copy(values, present[i] * width, picked, i * width, width);
        }
        return picked;
    }

    private double[]? At(H5mdElement? element, long step, int width)
    {
        if (element is null || (element.TimeDependent ? element.RowOf(step) : 0) is not (>= 0 and var row))
        {
            return null;
        }
        return Sized(element, element.Doubles(row), width);
    }

    private T[] Sized<T>(H5mdElement element, T[] values, int width) => values.Length == ParticleCount * width
        ? values
        : throw new InputException($"{element.Value.Path} of {Path} has {values.Length} numbers per frame; expected {ParticleCount * width}");

    private int[] ReadSpecies(long step)
    {
        if (species is null)
        {
            return fixedSpecies ??= new int[ParticleCount];
        }
        if (fixedSpecies is not null && !species.TimeDependent)
        {
            return fixedSpecies;
        }
        var row = species.TimeDependent ? Math.Max(0, species.LastRowUpTo(step)) : 0;
        var values = Sized(species, species.Longs(row), 1);
        var indices = new int[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            indices[i] = codes.TryGetValue(values[i], out var index)
                ? index
                : throw new InputException($"{Path} introduces species number {values[i]} at step {step}; expected one of those of its first frame");
        }
        // The same array again tells whoever compares that nothing has changed.
        return fixedSpecies = fixedSpecies is not null && indices.AsSpan().SequenceEqual(fixedSpecies) ? fixedSpecies : indices;
    }

    private Species[] ReadSpeciesTable()
    {
        if (file.Exists(H5mdSchema.Group))
        {
            using var engine = file.Open(H5mdSchema.Group);
            if (Hdf5Attributes.ReadString(engine.Id, H5mdSchema.Attribute) is { } json)
            {
                var schema = H5mdSchema.Parse(json, Path);
                Units = schema.Units;
                Metadata = schema.Metadata;
                for (var i = 0; i < schema.Species.Length; i++)
                {
                    codes[schema.Species[i].Code] = i;
                }
                return Array.ConvertAll(schema.Species, s => new Species(s.Name, s.Mass));
            }
        }
        if (species is null || (species.TimeDependent && species.Rows == 0))
        {
            return [new Species("particle", 0)];
        }
        var values = Sized(species, species.Longs(0), 1);
        using var mass = H5mdElement.Open(file, group + "/mass");
        var masses = mass is null || (mass.TimeDependent && mass.Rows == 0) ? null : mass.Doubles(0);
        // ASE's files number species by element; H5MD itself gives the numbers no meaning.
        var elements = species.TimeDependent && IsFromAse();
        var table = new List<Species>();
        foreach (var code in values.Distinct().Order())
        {
            codes[code] = table.Count;
            var first = Array.IndexOf(values, code);
            var name = (elements ? ChemicalElements.Symbol(code) : null) ?? code.ToString();
            table.Add(new Species(name, masses is not null && first < masses.Length ? masses[first] : 0));
        }
        return [.. table];
    }

    private bool IsFromAse()
    {
        using var target = file.Open(group + "/species");
        return Hdf5Attributes.ReadString(target.Id, "ASE_ENTRY_ORIGIN") is not null;
    }

    private Box ReadBox(long step, double[] positions)
    {
        if (edges is null || (edges.TimeDependent ? edges.LastRowUpTo(step) : 0) is not (>= 0 and var row))
        {
            return Bounding(positions);
        }
        var e = edges.Doubles(row);
        if (e.Length == 3)
        {
            e = [e[0], 0, 0, 0, e[1], 0, 0, 0, e[2]];
        }
        if (e.Length != 9 || !Array.TrueForAll(e, double.IsFinite) || e[0] <= 0 || e[4] <= 0 || e[8] <= 0)
        {
            throw new InputException($"the box of {Path} at step {step} is not usable: [{string.Join(", ", e)}]; expected three positive lengths or a 3×3 matrix");
        }
        if (e[1] != 0 || e[2] != 0 || e[5] != 0)
        {
            throw new InputException($"the box of {Path} at step {step} is not lower-triangular: [{string.Join(", ", e)}]; rotate it so that a lies along x and b in the xy plane");
        }
        var corner = origin is not null && (origin.TimeDependent ? origin.LastRowUpTo(step) : 0) is >= 0 and var at ? origin.Doubles(at) : [0, 0, 0];
        return new Box(e[0], e[4], e[8], e[3], e[6], e[7], new Vector3d(corner[0], corner[1], corner[2]), periodic[0], periodic[1], periodic[2]);
    }

    /// <summary>An open box around the positions, for files without edges.</summary>
    private static Box Bounding(double[] positions)
    {
        Span<double> low = [double.MaxValue, double.MaxValue, double.MaxValue], high = [double.MinValue, double.MinValue, double.MinValue];
        for (var i = 0; i < positions.Length; i++)
        {
            low[i % 3] = Math.Min(low[i % 3], positions[i]);
            high[i % 3] = Math.Max(high[i % 3], positions[i]);
        }
        return positions.Length == 0
            ? new Box(1, 1, 1, PeriodicX: false, PeriodicY: false, PeriodicZ: false)
            : new Box(Math.Max(high[0] - low[0], 1), Math.Max(high[1] - low[1], 1), Math.Max(high[2] - low[2], 1),
                Origin: new Vector3d(low[0], low[1], low[2]), PeriodicX: false, PeriodicY: false, PeriodicZ: false);
    }
}
