using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Core.Json;

/// <summary>Prints documents: indented for people (short arrays on one line), canonical for hashes.</summary>
internal static class JsonPrinter
{
    private const int LineWidth = 100;

    public static string Indented(JsonNode node)
    {
        var text = new StringBuilder();
        Indented(text, node, 0);
        return text.Append('\n').ToString();
    }

    public static string Canonical(JsonNode node)
    {
        var text = new StringBuilder();
        Canonical(text, node);
        return text.ToString();
    }

    private static void Indented(StringBuilder text, JsonNode? node, int depth)
    {
        var members = Members(node, sorted: false);
        if (members is null || members.Count == 0)
        {
            text.Append(Scalar(node));
            return;
        }
        var (open, close) = node is JsonArray ? ('[', ']') : ('{', '}');
        if (members.All(member => member.Value is null or JsonValue or JsonArray { Count: 0 } or JsonObject { Count: 0 }))
        {
            var line = string.Join(", ", members.Select(member => Key(member.Key, ": ") + Scalar(member.Value)));
            if (line.Length + 2 * depth <= LineWidth)
            {
                text.Append(node is JsonArray ? $"[{line}]" : $"{{ {line} }}");
                return;
            }
        }
        text.Append(open);
        var separator = "\n";
        foreach (var (key, value) in members)
        {
            text.Append(separator).Append(' ', 2 * depth + 2).Append(Key(key, ": "));
            Indented(text, value, depth + 1);
            separator = ",\n";
        }
        text.Append('\n').Append(' ', 2 * depth).Append(close);
    }

    private static void Canonical(StringBuilder text, JsonNode? node)
    {
        var members = Members(node, sorted: true);
        if (members is null)
        {
            text.Append(Scalar(node));
            return;
        }
        text.Append(node is JsonArray ? '[' : '{');
        for (var i = 0; i < members.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Key(members[i].Key, ":"));
            Canonical(text, members[i].Value);
        }
        text.Append(node is JsonArray ? ']' : '}');
    }

    private static List<(string? Key, JsonNode? Value)>? Members(JsonNode? node, bool sorted) => node switch
    {
        JsonArray array => array.Select(value => ((string?)null, value)).ToList(),
        JsonObject obj when sorted => obj.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => ((string?)pair.Key, pair.Value)).ToList(),
        JsonObject obj => obj.Select(pair => ((string?)pair.Key, pair.Value)).ToList(),
        _ => null,
    };

    private static string Key(string? key, string colon) => key is null ? "" : JsonSerializer.Serialize(key, StrictJson.Options) + colon;

    /// <summary>A value without members. Numbers are rewritten, because a document that came from a file keeps "1.0" as it was typed.</summary>
    private static string Scalar(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return "null";
            case JsonArray:
                return "[]";
            case JsonObject:
                return "{}";
        }
        var text = node.ToJsonString(StrictJson.Options);
        if (node.GetValueKind() != JsonValueKind.Number || text.AsSpan().IndexOfAny("eE.") < 0)
        {
            return text;
        }
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? (number == 0 ? 0.0 : number).ToString("R", CultureInfo.InvariantCulture) : text;
    }
}
