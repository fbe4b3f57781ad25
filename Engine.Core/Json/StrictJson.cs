using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Json;

/// <summary>
/// Records ↔ strict JSON. Comments and trailing commas are allowed; an unknown, missing or doubled key, a wrong type or a number that is not
/// finite is an error of one line that names file, line, path and what was expected. Members marked <see cref="QuantityAttribute"/> may be
/// strings with a unit. Names are camelCase, enums are their names in camelCase.
/// </summary>
public static class StrictJson
{
    /// <summary>Where run.json keeps what its run began with.</summary>
    private const string RunInput = "input";

    private static readonly JsonDocumentOptions Document = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>How a file writes a value of an enumeration: "matrixFree".</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The serializer settings behind <see cref="Read{T}(string, string, UnitSystem?, IEnumerable{string}?)"/>.</summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>Reads a record.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="source">The file name, for messages.</param>
    /// <param name="units">
    /// The units that quantities are converted to; null: those that the document names itself in its keys "units" and "constants".
    /// </param>
    /// <param name="overrides">Assignments "path.to[2].field=value" that are applied before the check.</param>
    /// <exception cref="InputException">Whatever is wrong first.</exception>
    public static T Read<T>(string text, string source, UnitSystem? units = null, IEnumerable<string>? overrides = null)
    {
        var root = Parse<T>(text, source);
        var lines = JsonLines.Read(text.TrimStart('\uFEFF'), source);
        if (RunInputIn(root) is { } input)
        {
            (root, lines) = (input.DeepClone(), lines.Within(RunInput));
        }
        foreach (var assignment in overrides ?? [])
        {
            lines.Assign(JsonOverride.Apply(root, assignment), assignment);
        }
        return new ContractReader(source, lines, units).Read<T>(root);
    }

    /// <summary>Reads a record from a document that was parsed before; messages then have no line numbers.</summary>
    /// <exception cref="InputException">Whatever is wrong first.</exception>
    public static T Read<T>(JsonNode root, string source, UnitSystem? units = null) =>
        new ContractReader(source, JsonLines.None, units).Read<T>(root.DeepClone());

    /// <summary>Reads a record from a file, or from the run.json of a run that began with one.</summary>
    /// <exception cref="InputException">The file cannot be read, or whatever is wrong in it first.</exception>
    public static T ReadFile<T>(string path, UnitSystem? units = null, IEnumerable<string>? overrides = null) =>
        Read<T>(ReadText(path), path, units, overrides);

    /// <summary>The folder that relative paths in a file start from: its own; of a run.json that of the file that the run began with.</summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It is not JSON.</exception>
    public static string FolderOf(string text, string path)
    {
        var root = Parse(text, path);
        string? Named(string key) => root[key] is JsonValue value && value.TryGetValue<string>(out var name) ? name : null;
        return (RunInputIn(root) is null ? null : Named("inputFolder") ?? Path.GetDirectoryName(Named("inputFile"))) ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
    }

    /// <summary>What a run began with, where the document is its run.json.</summary>
    private static JsonObject? RunInputIn(JsonNode root) => root is JsonObject manifest && manifest.ContainsKey("inputHash") ? manifest[RunInput] as JsonObject : null;

    /// <summary>Text to a document, without a check against a record.</summary>
    /// <exception cref="InputException">Not JSON, a key that occurs twice, or null.</exception>
    public static JsonNode Parse(string text, string source)
    {
        var plain = text.TrimStart('\uFEFF');
        JsonLines.Read(plain, source);
        try
        {
            return JsonNode.Parse(plain, null, Document) ?? throw new InputException($"{source}: the document is null; expected an object");
        }
        catch (JsonException exception)
        {
            throw JsonLines.NotJson(source, plain, exception);
        }
    }

    /// <summary>The same for what shall be a record: a file of another kind is told what was expected.</summary>
    internal static JsonNode Parse<T>(string text, string source)
    {
        try
        {
            return Parse(text, source);
        }
        catch (InputException error) when (error.InnerException is not null && text.TrimStart('\uFEFF').TrimStart() is [not ('{' or '[' or '/'), ..] other && ContractReader.Keys(typeof(T)) is { } keys)
        {
            var line = other.Split('\n')[0].TrimEnd();
            throw new InputException($"{source} is not JSON: it begins with \"{(line.Length <= 40 ? line : line[..37] + "...")}\"; expected an object with the keys {keys}; name another file", error);
        }
    }

    /// <summary>Applies "path.to[2].field=value" (value: JSON, else taken as a string; [name] picks the element of that name).</summary>
    /// <exception cref="InputException">No such element; names the nearest one.</exception>
    public static void Override(JsonNode root, string assignment) => JsonOverride.Apply(root, assignment);

    /// <summary>Indented JSON with every default spelled out; members that are null are left out. Numbers in the shortest form that reads back the same.</summary>
    public static string Write<T>(T value) => JsonPrinter.Indented(ToNode(value));

    /// <summary>The canonical form: keys sorted by code unit, no white space, shortest numbers. Equal records have equal canonical forms.</summary>
    public static string Canonical<T>(T value) => JsonPrinter.Canonical(ToNode(value));

    /// <summary>A record as a document.</summary>
    /// <exception cref="InputException">A number in it is NaN or infinite.</exception>
    public static JsonNode ToNode<T>(T value)
    {
        try
        {
            return JsonSerializer.SerializeToNode(value, Options) ?? throw new InputException("null cannot be written as a document");
        }
        catch (ArgumentException exception)
        {
            throw new InputException($"a {typeof(T).Name} with a number that is NaN or infinite cannot be written as JSON; expected finite numbers", exception);
        }
    }

    /// <summary>What a file holds.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static string ReadText(string path)
    {
        if (Directory.Exists(path))
        {
            var manifest = Path.Combine(path, "run.json");
            throw new InputException($"{path} is a folder; expected a file{(File.Exists(manifest) ? $", as {manifest}, which stands for the input of its run" : "")}");
        }
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"cannot read {path}: {exception.OneLine()}; check the path", exception);
        }
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            IgnoreReadOnlyProperties = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowOutOfOrderMetadataProperties = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }
}
