using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Engine.Cli.Display;

/// <summary>JSON as this program prints and files it: plain characters, no escapes that only HTML needs.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonSerializerOptions Indented = new(OneLine) { WriteIndented = true };

    /// <summary>The one object of a <c>--json</c> run.</summary>
    public static void Write(VerbContext context, JsonNode node) => context.Output.WriteLine(node.ToJsonString(OneLine));

    /// <summary>For files that people open.</summary>
    public static string Format(JsonNode node) => node.ToJsonString(Indented) + "\n";

    /// <summary>A number, or null where JSON has none for it (NaN, infinities).</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>An object of values by name.</summary>
    public static JsonObject Object<T>(IEnumerable<KeyValuePair<string, T>> values) =>
        new(values.Select(value => KeyValuePair.Create(value.Key, (JsonNode?)JsonValue.Create(value.Value))));
}
