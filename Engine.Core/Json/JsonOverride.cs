using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Kernels.Errors;

namespace Engine.Core.Json;

/// <summary>Command-line assignments into a document: stages[1].temperature.rate="10 K/ps", stages[quench].steps=500, seed=7.</summary>
internal static class JsonOverride
{
    /// <summary>Assigns.</summary>
    /// <returns>The path of what was assigned, elements by number.</returns>
    public static string Apply(JsonNode root, string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals <= 0)
        {
            throw new InputException($"assignment \"{assignment}\" has no \"=\"; expected path=value, such as stages[0].steps=1000");
        }
        var segments = Split(assignment[..equals].Trim(), assignment);
        var value = ParseValue(assignment[(equals + 1)..]);
        var node = root;
        var path = "";
        for (var i = 0; i < segments.Count; i++)
        {
            var last = i == segments.Count - 1;
            var segment = segments[i];
            if (segment.IsIndex)
            {
                var array = node as JsonArray ?? throw new InputException($"assignment \"{assignment}\": {JsonLines.Of(path)} is not an array; leave out [{segment.Text}]");
                var index = Index(array, segment.Text, path, assignment);
                path = $"{path}[{index}]";
                if (last)
                {
                    array[index] = value;
                    return path;
                }
                node = array[index] ?? throw new InputException($"assignment \"{assignment}\": {path} is null; assign it as a whole");
                continue;
            }
            if (node is not JsonObject obj)
            {
                throw new InputException($"assignment \"{assignment}\": {JsonLines.Of(path)} is {(node is JsonArray ? "an array; pick an element with [0]" : "a single value; assign it as a whole")}");
            }
            if (last)
            {
                // Whether the key exists is for the check against the record to say: it knows all keys, not only those in the file.
                obj[segment.Text] = value;
                return JsonLines.Join(path, segment.Text);
            }
            if (obj[segment.Text] is not { } next)
            {
                var nearest = Spelling.Nearest(segment.Text, obj.Select(pair => pair.Key));
                if (nearest is not null && nearest != segment.Text && Spelling.Distance(segment.Text, nearest) <= 1 + segment.Text.Length / 4)
                {
                    throw new InputException(
                        $"assignment \"{assignment}\": there is no {JsonLines.Join(path, segment.Text)}; the nearest path is {JsonLines.Join(path, nearest)}");
                }
                obj[segment.Text] = next = new JsonObject();
            }
            path = JsonLines.Join(path, segment.Text);
            node = next;
        }
        return path;
    }

    private static List<Segment> Split(string path, string assignment)
    {
        var segments = new List<Segment>();
        var i = 0;
        while (i < path.Length)
        {
            if (path[i] == '[')
            {
                var close = path.IndexOf(']', i);
                if (close < 0)
                {
                    throw new InputException($"assignment \"{assignment}\": \"[\" is not closed; expected a path such as stages[0].steps");
                }
                segments.Add(new Segment(path[(i + 1)..close].Trim(), true));
                i = close + 1;
                continue;
            }
            if (path[i] == '.')
            {
                i++;
            }
            var end = path.AsSpan(i).IndexOfAny('.', '[');
            var stop = end < 0 ? path.Length : i + end;
            if (stop == i)
            {
                throw new InputException($"assignment \"{assignment}\": empty name in the path; expected a path such as stages[0].steps");
            }
            segments.Add(new Segment(path[i..stop], false));
            i = stop;
        }
        return segments;
    }

    private static int Index(JsonArray array, string text, string path, string assignment)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return index < array.Count
                ? index
                : throw new InputException($"assignment \"{assignment}\": {path} has {array.Count} elements; the nearest path is {path}[{Math.Max(0, array.Count - 1)}]");
        }
        var names = array.Select(element => (element as JsonObject)?["name"] is JsonValue name && name.GetValueKind() == JsonValueKind.String ? name.GetValue<string>() : "").ToList();
        var found = names.IndexOf(text);
        if (found >= 0 && text.Length > 0)
        {
            return found;
        }
        var nearest = Spelling.Nearest(text, names.Where(name => name.Length > 0));
        throw new InputException(
            $"assignment \"{assignment}\": {path} has no element named \"{text}\"; {(nearest is null ? $"use a number from 0 to {array.Count - 1}" : $"the nearest path is {path}[{nearest}]")}");
    }

    private static JsonNode? ParseValue(string text)
    {
        try
        {
            JsonLines.Read(text, "value");
            return JsonNode.Parse(text);
        }
        catch (Exception exception) when (exception is JsonException or InputException)
        {
            return JsonValue.Create(text.Trim());
        }
    }

    private readonly record struct Segment(string Text, bool IsIndex);
}
