using System.Text.Json.Nodes;
using Engine.Core.Gap;
using Engine.Core.Json;
using Engine.Core.Potentials.Terms;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Potentials;

/// <summary>
/// A force field as a JSON document: species with masses and charges, and the terms that act between them. All numbers are in
/// <see cref="Units"/>. <see cref="PotentialModel.Build"/> makes it ready for a system.
/// </summary>
public sealed record PotentialFile
{
    public required string Name { get; init; }

    /// <summary>Unit system of all numbers in the file: "lj", "metal", …</summary>
    public required string Units { get; init; }

    /// <summary>Where the parameters come from.</summary>
    public string? Citation { get; init; }

    /// <summary>What the parameters were made for, and what is known to be wrong with them.</summary>
    public string? Validity { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, SpeciesParameters> Species { get; init; }

    /// <summary>A run stops where two particles are closer than this [length]; 0: no check.</summary>
    public double MinimumDistance { get; init; }

    public required IReadOnlyList<PotentialTerm> Terms { get; init; }

    /// <summary>Reads a potential file; tables it names are read from beside it and become part of the record.</summary>
    /// <exception cref="InputException">The file is absent, is not valid JSON, or has an unknown or missing key.</exception>
    public static PotentialFile Load(string path) => ReadFile(path).WithTables(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Reads a potential file, but not the files it names; an XML file as QUIP writes it becomes a potential of one term, in units of metal.</summary>
    /// <exception cref="InputException">See <see cref="Load"/>.</exception>
    public static PotentialFile ReadFile(string path)
    {
        if (!GapFile.IsXml(path))
        {
            return StrictJson.ReadFile<PotentialFile>(path);
        }
        var model = GapFile.Read(path);
        return Of(model) with { Terms = [new GapTerm { File = Path.GetFileName(path), Model = model }] };
    }

    /// <summary>A GAP as a potential of one term.</summary>
    public static PotentialFile Of(GapModel model) => new()
    {
        Name = model.Label,
        Units = UnitSystem.Metal.Name,
        Species = (model.Elements.Count > 0 ? model.Elements : model.FreeAtoms.Keys).Select(Elements.SymbolOf).OfType<string>()
            .ToDictionary(symbol => symbol, symbol => new SpeciesParameters()),
        Terms = [new GapTerm { File = "", Model = model }],
    };

    /// <summary>Reads the JSON text of a potential.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <exception cref="InputException">Not valid, or an unknown or missing key.</exception>
    public static PotentialFile Parse(string json, string source) => StrictJson.Read<PotentialFile>(json, source);

    /// <summary>The potential of a run: an object in line, the path of a file, or null (an ideal gas).</summary>
    /// <param name="node">What the run input holds.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <param name="source">What to call an object in messages.</param>
    /// <exception cref="InputException">See <see cref="Load"/>.</exception>
    public static PotentialFile? Resolve(JsonNode? node, string folder, string source) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var path) => Load(Path.Combine(folder, path)),
        JsonObject => StrictJson.Read<PotentialFile>(node, source).WithTables(folder),
        _ => throw new InputException($"{source}: potential is {node.ToJsonString()}; expected the path of a potential file, an object, or null for an ideal gas"),
    };

    /// <summary>The same potential with the columns of every table file it names, and the hashes of its GAP files, in the record, so that its own hash covers them.</summary>
    /// <param name="folder">Where relative paths start.</param>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public PotentialFile WithTables(string folder) =>
        this with { Terms = [.. Terms.Select(term => term is TableTerm table ? table.Read(folder) : term is GapTerm gap ? gap.Read(folder) : term)] };
}
