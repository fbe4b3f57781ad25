using System.Globalization;
using System.Text.Json.Nodes;

namespace Engine.Cli.Display;

/// <summary>Lines of one case of a benchmark, with the same facts each, as a table.</summary>
internal sealed class FactTable
{
    /// <summary>The same on all lines, or too long for a column.</summary>
    private static readonly HashSet<string> Hidden = ["device", "driver", "compiler", "exitCode", "published"];

    private readonly List<string[]> rows = [];
    private string[] columns = [];

    /// <summary>Adds a line; false where it does not belong to the former ones, because its case or its facts are others.</summary>
    public bool Add(JsonObject line)
    {
        string[] own = [.. line.Select(fact => fact.Key).Where(key => !Hidden.Contains(key))];
        string[] row = [.. own.Select(key => Text(line[key]))];
        if (rows.Count > 0 && (!own.SequenceEqual(columns) || row[0] != rows[0][0]))
        {
            return false;
        }
        columns = own;
        rows.Add(row);
        return true;
    }

    public void Write(TextWriter output)
    {
        var table = new TextTable(columns);
        foreach (var row in rows)
        {
            table.Add(row);
        }
        if (rows.Count > 0)
        {
            table.Write(output);
            output.WriteLine();
        }
    }

    /// <summary>Five digits; of messages the first line.</summary>
    private static string Text(JsonNode? value) => value switch
    {
        null => "-",
        JsonValue number when number.TryGetValue<double>(out var x) => x.ToString("G5", CultureInfo.InvariantCulture),
        JsonValue text when text.TryGetValue<string>(out var s) => s.Split('\n')[0],
        _ => value.ToJsonString(),
    };
}
