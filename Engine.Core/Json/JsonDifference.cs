using System.Text.Json.Nodes;

namespace Engine.Core.Json;

/// <summary>A value that two documents have differently.</summary>
/// <param name="Path">Where: "training.strategy.epochs", "recorders[1].when.every".</param>
/// <param name="Before">In the first; null where it has none.</param>
/// <param name="Now">In the second; null where it has none.</param>
public sealed record JsonDifference(string Path, JsonNode? Before, JsonNode? Now)
{
    private const int LongestText = 60;

    /// <summary>All of them, in the order of the second document.</summary>
    /// <param name="before">The first document.</param>
    /// <param name="now">The second one.</param>
    /// <param name="path">Where both stand in a larger one; empty where they are the whole.</param>
    public static IEnumerable<JsonDifference> Between(JsonNode? before, JsonNode? now, string path = "") => (before, now) switch
    {
        (JsonObject a, JsonObject b) => b.Select(member => member.Key).Union(a.Select(member => member.Key))
            .SelectMany(key => Between(a[key], b[key], path.Length == 0 ? key : $"{path}.{key}")),
        (JsonArray a, JsonArray b) when a.Count == b.Count => Enumerable.Range(0, a.Count).SelectMany(k => Between(a[k], b[k], $"{path}[{k}]")),
        _ => JsonNode.DeepEquals(before, now) ? [] : [new(path, before, now)],
    };

    /// <summary>"training.strategy.epochs is 50 and was 100".</summary>
    public override string ToString() => $"{Path} is {Text(Now)} and was {Text(Before)}";

    private static string Text(JsonNode? node) => node?.ToJsonString(StrictJson.Options) switch
    {
        null => "not given",
        { Length: > LongestText } text => text[..(LongestText - 3)] + "...",
        var text => text,
    };
}
