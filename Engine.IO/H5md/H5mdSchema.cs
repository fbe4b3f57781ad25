using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>
/// Everything that fixes the layout of a trajectory; kept in the file as JSON so that a resumed run or a rescue rebuilds the very same layout.
/// </summary>
internal sealed record H5mdSchema
{
    public const string Group = "parameters/engine";
    public const string Attribute = "schema";
    public const string SpeciesDataset = "parameters/engine/species_codes";

    /// <summary>Most frames in a chunk: keeps files of small systems small.</summary>
    private const int MaximumChunkRows = 256;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int Version { get; init; } = 1;

    public required int ParticleCount { get; init; }

    public required string Units { get; init; }

    public required string LengthUnit { get; init; }

    public required string TimeUnit { get; init; }

    public required string EnergyUnit { get; init; }

    public required string MassUnit { get; init; }

    public bool Double { get; init; }

    public bool Velocities { get; init; }

    public bool Forces { get; init; }

    public bool Images { get; init; }

    public bool Charges { get; init; }

    public bool Masses { get; init; }

    /// <summary>The box has a lower corner other than zero, which H5MD cannot say.</summary>
    public bool Origin { get; init; }

    public required string[] Boundary { get; init; }

    public required SchemaSpecies[] Species { get; init; }

    public required ObservableStream[] Observables { get; init; }

    public bool ObservablesPerGroup { get; init; }

    public required string Author { get; init; }

    public required SortedDictionary<string, string> Metadata { get; init; }

    public int ChunkBytes { get; init; }

    /// <summary>Frames in a chunk of every per-particle dataset.</summary>
    public int ChunkRows => (int)Math.Clamp(ChunkBytes / (3L * ParticleCount * (Double ? 8 : 4)), 1, MaximumChunkRows);

    public static H5mdSchema Of(Configuration frame, H5mdOptions options)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var observable in options.Observables.SelectMany(stream => stream.Observables))
        {
            if (observable.Name.Length == 0 || !observable.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') || observable.Name[0] == '.')
            {
                throw new InputException($"observable name \"{observable.Name}\" is not usable in a file; expected letters, digits, '_', '-', '.'");
            }
            if (!names.Add(observable.Name))
            {
                throw new InputException($"observable {observable.Name} is given twice; each name may occur once in a trajectory");
            }
        }
        var codes = ChemicalElements.Codes(frame.SpeciesTable);
        var box = frame.Box;
        return new H5mdSchema
        {
            ParticleCount = frame.Count,
            Units = options.Units.Name,
            LengthUnit = options.Units.LengthUnit,
            TimeUnit = options.Units.TimeUnit,
            EnergyUnit = options.Units.EnergyUnit,
            MassUnit = options.Units.MassUnit,
            Double = options.Precision == TrajectoryPrecision.Double,
            Velocities = options.Velocities,
            Forces = options.Forces,
            Images = options.Images,
            Charges = options.Charges,
            Masses = options.Masses,
            Origin = box.Origin != default,
            Boundary = [Word(box.PeriodicX), Word(box.PeriodicY), Word(box.PeriodicZ)],
            Species = [.. frame.SpeciesTable.Select((species, i) => new SchemaSpecies(species.Name, species.Mass, codes[i]))],
            Observables = [.. options.Observables],
            ObservablesPerGroup = options.ObservablesPerGroup,
            Author = options.Author,
            Metadata = new SortedDictionary<string, string>(new Dictionary<string, string>(options.Metadata), StringComparer.Ordinal),
            ChunkBytes = options.ChunkBytes,
        };

        static string Word(bool periodic) => periodic ? "periodic" : "none";
    }

    /// <summary>This layout without an element for which <see cref="H5mdLayout.OptionalName"/> has a name.</summary>
    public H5mdSchema Without(string element) => element switch
    {
        "image" => this with { Images = false },
        "velocity" => this with { Velocities = false },
        "force" => this with { Forces = false },
        "charge" => this with { Charges = false },
        _ => throw new ArgumentException($"{element} is no element that a frame can do without", nameof(element)),
    };

    public static H5mdSchema Parse(string json, string path)
    {
        try
        {
            var schema = JsonSerializer.Deserialize<H5mdSchema>(json, Json);
            if (schema is { Version: 1, ParticleCount: > 0, ChunkBytes: > 0 })
            {
                return schema;
            }
        }
        catch (JsonException error)
        {
            throw new InputException($"the description of the layout in {path} is damaged ({error.Message}); it cannot be continued", error);
        }
        throw new InputException($"{path} was written in a layout that this version does not know; expected layout 1");
    }

    public override string ToString() => JsonSerializer.Serialize(this, Json);
}

/// <summary>A species and the number that stands for it in the file.</summary>
internal sealed record SchemaSpecies(string Name, double Mass, byte Code);
