using Engine.IO.Hdf5;

namespace Engine.IO.H5md;

/// <summary>
/// Builds an empty trajectory: H5MD 1.1 (P. de Buyl, P. H. Colberg, F. Höfling, Comput. Phys. Commun. 185, 1546 (2014)) in the dialect that
/// h5py, MDAnalysis and ZnH5MD all read: explicit step and time, a group with values for box edges and species, units as strings of variable
/// length, and no unit on forces, whose customary units MDAnalysis refuses.
/// </summary>
internal static unsafe class H5mdLayout
{
    public const string Particles = "particles/trajectory";
    public const string Position = Particles + "/position";
    public const string Edges = Particles + "/box/edges";
    public const string Origin = Particles + "/box/origin";
    public const string Species = Particles + "/species";
    public const string Image = Particles + "/image";
    public const string Velocity = Particles + "/velocity";
    public const string Force = Particles + "/force";
    public const string Charge = Particles + "/charge";
    public const string Mass = Particles + "/mass";

    private const uint DeflateLevel = 6;

    private static readonly string[] KnownLengths = ["Angstrom", "nm", "pm", "fm"];
    private static readonly string[] KnownTimes = ["fs", "ps", "ns", "s"];

    /// <summary>The streams of a file: particles first, then the observables in their order.</summary>
    public static StreamLayout[] Streams(H5mdSchema schema)
    {
        var real = schema.Double ? ElementType.Float64 : ElementType.Float32;
        int n = schema.ParticleCount, rows = schema.ChunkRows;
        var columns = new List<Column>
        {
            Column.Small(Position + "/step", ElementType.Int64),
            Column.Small(Position + "/time", ElementType.Float64),
            Column.Small(Edges + "/value", ElementType.Float64, 3, 3),
        };
        if (schema.Origin)
        {
            columns.Add(Column.Small(Origin + "/value", ElementType.Float64, 3));
        }
        columns.Add(new(Position + "/value", real, [n, 3], rows));
        if (schema.Images)
        {
            columns.Add(new(Image + "/value", ElementType.Int32, [n, 3], rows));
        }
        if (schema.Velocities)
        {
            columns.Add(new(Velocity + "/value", real, [n, 3], rows));
        }
        if (schema.Forces)
        {
            columns.Add(new(Force + "/value", real, [n, 3], rows));
        }
        if (schema.Charges)
        {
            columns.Add(new(Charge + "/value", ElementType.Float64, [n], rows));
        }
        var streams = new List<StreamLayout> { new([.. columns], new(Species + "/value", ElementType.UInt8, [n], rows)) };
        foreach (var stream in schema.Observables)
        {
            var first = ObservableGroup(schema, stream.Observables[0]);
            streams.Add(new([
                Column.Small(first + "/step", ElementType.Int64),
                Column.Small(first + "/time", ElementType.Float64),
                .. stream.Observables.Select(o => Column.Small(ObservableGroup(schema, o) + "/value", ElementType.Float64, o.Shape)),
            ]));
        }
        return [.. streams];
    }

    /// <summary>Name of the element whose values a column holds where a frame can do without it, null where it cannot.</summary>
    public static string? OptionalName(Column column) => column.Path switch
    {
        Image + "/value" => "image",
        Velocity + "/value" => "velocity",
        Force + "/value" => "force",
        Charge + "/value" => "charge",
        _ => null,
    };

    public static string ObservableGroup(H5mdSchema schema, Observable observable) =>
        (schema.ObservablesPerGroup ? "observables/trajectory/" : "observables/") + observable.Name;

    /// <summary>Creates the file with every group, attribute and (empty) dataset and returns its id.</summary>
    public static long CreateFile(string path, H5mdSchema schema, byte[] speciesCodes)
    {
        var file = Hdf5Creation.File(path);
        try
        {
            Describe(file, schema);
            CreateParticles(file, schema);
            foreach (var (stream, i) in Streams(schema).Select((stream, i) => (stream, i)))
            {
                CreateStream(file, stream);
                if (i > 0)
                {
                    LinkObservables(file, schema, schema.Observables[i - 1]);
                }
            }
            Label(file, schema);
            WriteConstants(file, schema, speciesCodes);
            Hdf5Exception.Check(H5F.flush(file, H5F.SCOPE_LOCAL), "H5Fflush");
            return file;
        }
        catch
        {
            H5F.close(file);
            throw;
        }
    }

    private static void Describe(long file, H5mdSchema schema)
    {
        using (var h5md = Hdf5Creation.Group(file, "h5md"))
        {
            Hdf5Attributes.Write(h5md.Id, "version", [1, 1]);
        }
        using (var author = Hdf5Creation.Group(file, "h5md/author"))
        {
            Hdf5Attributes.Write(author.Id, "name", schema.Author);
        }
        using (var creator = Hdf5Creation.Group(file, "h5md/creator"))
        {
            Hdf5Attributes.Write(creator.Id, "name", "Engine");
            Hdf5Attributes.Write(creator.Id, "version", typeof(H5mdLayout).Assembly.GetName().Version?.ToString(3) ?? "0");
        }
        using (var modules = Hdf5Creation.Group(file, "h5md/modules"))
        {
        }
        using (var units = Hdf5Creation.Group(file, "h5md/modules/units"))
        {
            Hdf5Attributes.Write(units.Id, "version", [1, 0]);
        }
        using (var parameters = Hdf5Creation.Group(file, "parameters"))
        {
        }
        using var engine = Hdf5Creation.Group(file, H5mdSchema.Group);
        Hdf5Attributes.Write(engine.Id, H5mdSchema.Attribute, schema.ToString());
        foreach (var (key, value) in schema.Metadata)
        {
            Hdf5Attributes.Write(engine.Id, "metadata_" + key, value);
        }
    }

    private static void CreateParticles(long file, H5mdSchema schema)
    {
        using (var particles = Hdf5Creation.Group(file, "particles"))
        {
        }
        using (var trajectory = Hdf5Creation.Group(file, Particles))
        {
        }
        using (var box = Hdf5Creation.Group(file, Particles + "/box"))
        {
            Hdf5Attributes.Write(box.Id, "dimension", 3);
            Hdf5Attributes.Write(box.Id, "boundary", schema.Boundary.AsSpan());
        }
        if (schema.Observables.Length > 0)
        {
            using var observables = Hdf5Creation.Group(file, "observables");
            if (schema.ObservablesPerGroup)
            {
                using var group = Hdf5Creation.Group(file, "observables/trajectory");
            }
        }
    }

    private static void CreateStream(long file, StreamLayout stream)
    {
        var made = new HashSet<string>();
        foreach (var column in stream.Columns)
        {
            var group = column.Path[..column.Path.LastIndexOf('/')];
            if (made.Add(group) && H5L.exists(file, group, H5.DEFAULT) <= 0)
            {
                using var created = Hdf5Creation.Group(file, group);
            }
            CreateDataset(file, column, deflate: false);
        }
        if (stream.Constant is { } constant)
        {
            using (var group = Hdf5Creation.Group(file, constant.Path[..constant.Path.LastIndexOf('/')]))
            {
            }
            CreateDataset(file, constant, deflate: true);
            foreach (var column in stream.Columns.Append(constant))
            {
                var group = column.Path[..column.Path.LastIndexOf('/')];
                if (column.Path.EndsWith("/value", StringComparison.Ordinal) && group != Position)
                {
                    ShareGrid(file, Position, group);
                }
            }
        }
    }

    private static void LinkObservables(long file, H5mdSchema schema, ObservableStream stream)
    {
        foreach (var observable in stream.Observables.AsSpan(1))
        {
            ShareGrid(file, ObservableGroup(schema, stream.Observables[0]), ObservableGroup(schema, observable));
        }
    }

    private static void ShareGrid(long file, string from, string to)
    {
        Hdf5Exception.Check(H5L.create_hard(file, from + "/step", file, to + "/step", H5.DEFAULT, H5.DEFAULT), "H5Lcreate_hard");
        Hdf5Exception.Check(H5L.create_hard(file, from + "/time", file, to + "/time", H5.DEFAULT, H5.DEFAULT), "H5Lcreate_hard");
    }

    /// <summary>
    /// "unit" only where every reader understands it, "engine_unit" always; the origin tells ZnH5MD which results of a calculation to fill.
    /// </summary>
    private static void Label(long file, H5mdSchema schema)
    {
        var length = KnownLengths.Contains(schema.LengthUnit) ? schema.LengthUnit : null;
        var time = KnownTimes.Contains(schema.TimeUnit) ? schema.TimeUnit : null;
        Unit(Position + "/value", length, schema.LengthUnit);
        Unit(Position + "/time", time, schema.TimeUnit);
        Unit(Edges + "/value", length, schema.LengthUnit);
        if (schema.Origin)
        {
            Unit(Origin + "/value", length, schema.LengthUnit);
        }
        if (schema.Velocities)
        {
            Unit(Velocity + "/value", length is null || time is null ? null : $"{length} {time}-1", $"{schema.LengthUnit} {schema.TimeUnit}-1");
        }
        if (schema.Forces)
        {
            Unit(Force + "/value", null, $"{schema.EnergyUnit} {schema.LengthUnit}-1");
            Attribute(Force, "ASE_ENTRY_ORIGIN", "calc");
        }
        if (schema.Charges)
        {
            Attribute(Charge, "type", "effective");
        }
        foreach (var stream in schema.Observables)
        {
            Unit(ObservableGroup(schema, stream.Observables[0]) + "/time", time, schema.TimeUnit);
            foreach (var observable in stream.Observables)
            {
                var group = ObservableGroup(schema, observable);
                Unit(group + "/value", null, observable.Unit);
                Attribute(group, "ASE_ENTRY_ORIGIN", observable.Name == "potential_energy" ? "calc" : "info");
                if (observable.Shape is [6])
                {
                    Attribute(group + "/value", "components", "xx yy zz xy xz yz");
                }
                if (observable.Extensive)
                {
                    using var target = Hdf5Handle.Of(H5O.open(file, group, H5.DEFAULT), "H5Oopen");
                    Hdf5Attributes.Write(target.Id, "engine_extensive", 1);
                }
            }
        }

        void Unit(string dataset, string? known, string own)
        {
            using var target = Hdf5Handle.Of(H5O.open(file, dataset, H5.DEFAULT), "H5Oopen");
            if (known is not null)
            {
                Hdf5Attributes.WriteVariable(target.Id, "unit", known);
            }
            Hdf5Attributes.Write(target.Id, "engine_unit", own);
        }

        void Attribute(string path, string name, string value)
        {
            using var target = Hdf5Handle.Of(H5O.open(file, path, H5.DEFAULT), "H5Oopen");
            Hdf5Attributes.WriteVariable(target.Id, name, value);
        }
    }

    private static void WriteConstants(long file, H5mdSchema schema, byte[] speciesCodes)
    {
        Fixed(H5mdSchema.SpeciesDataset, ElementType.UInt8, speciesCodes);
        if (schema.Masses)
        {
            var mass = schema.Species.ToDictionary(s => s.Code, s => s.Mass);
            var masses = Array.ConvertAll(speciesCodes, code => mass[code]);
            Fixed(Mass, ElementType.Float64, masses);
        }

        void Fixed<T>(string path, ElementType type, T[] values)
            where T : unmanaged
        {
            var size = (ulong)values.Length;
            using var list = DatasetCreation(1, &size, deflate: true);
            using var space = Hdf5Handle.Of(H5S.create_simple(1, &size, null), "H5Screate_simple");
            using var dataset = Hdf5Handle.Of(
                H5D.create(file, path, type.Hdf5Type(), space.Id, H5.DEFAULT, list.Id, H5.DEFAULT), "H5Dcreate");
            fixed (T* p = values)
            {
                Hdf5Exception.Check(H5D.write(dataset.Id, type.Hdf5Type(), H5S.ALL, H5S.ALL, H5.DEFAULT, p), "H5Dwrite");
            }
        }
    }

    private static void CreateDataset(long file, Column column, bool deflate)
    {
        var rank = 1 + column.Shape.Length;
        ulong* size = stackalloc ulong[rank];
        ulong* maximum = stackalloc ulong[rank];
        ulong* chunk = stackalloc ulong[rank];
        size[0] = 0;
        maximum[0] = H5S.UNLIMITED;
        chunk[0] = (ulong)column.ChunkRows;
        for (var i = 1; i < rank; i++)
        {
            size[i] = maximum[i] = chunk[i] = (ulong)column.Shape[i - 1];
        }
        using var list = DatasetCreation(rank, chunk, deflate);
        using var space = Hdf5Handle.Of(H5S.create_simple(rank, size, maximum), "H5Screate_simple");
        using var dataset = Hdf5Handle.Of(
            H5D.create(file, column.Path, column.Type.Hdf5Type(), space.Id, H5.DEFAULT, list.Id, H5.DEFAULT), "H5Dcreate");
    }

    private static Hdf5Handle DatasetCreation(int rank, ulong* chunk, bool deflate)
    {
        var list = Hdf5Creation.DatasetProperties();
        H5P.set_chunk(list.Id, rank, chunk);
        H5P.set_fill_time(list.Id, H5D.FILL_TIME_NEVER);
        if (deflate)
        {
            H5P.set_deflate(list.Id, DeflateLevel);
        }
        H5P.set_fletcher32(list.Id);
        return list;
    }
}
