using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Report;
using Engine.IO.Structures;

namespace Engine.Cli.Display;

/// <summary>What is told of the keys under which a file has energies, forces and virials.</summary>
/// <param name="uses">What is used of the file: the quantity, its keys, and how another one is chosen.</param>
internal sealed class LabelText(params (string Quantity, LabelUse Use, string Remedy)[] uses)
{
    /// <summary>One line with all keys, and one for each choice between two that nobody made.</summary>
    public IEnumerable<string> Lines() =>
    [
        $"keys: {string.Join(", ", uses.Select(u => u.Use.Frames.Count == 0 ? $"no {u.Quantity}" : $"{u.Quantity} from {string.Join(" and ", u.Use.Frames.Select(Counted))}"))}",
        .. uses.SelectMany(u => u.Use.Choices.Select(c => string.Create(
            CultureInfo.InvariantCulture, $"note: {c.Value} frame{(c.Value == 1 ? " has" : "s have")} both {c.Key.Taken} and {c.Key.PassedOver}: {c.Key.Taken} is used; {u.Remedy}"))),
    ];

    /// <summary>Number of frames by key, by quantity.</summary>
    public JsonObject ToJson() =>
        new(uses.Select(u => KeyValuePair.Create(u.Quantity, (JsonNode?)JsonOutput.Object(u.Use.Frames))));

    private static string Counted(KeyValuePair<string, int> key) => $"{key.Key} ({NumberText.Count(key.Value, "frame")})";
}
