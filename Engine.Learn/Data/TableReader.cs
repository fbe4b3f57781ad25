using System.Globalization;
using System.Text;
using Engine.Core.Json;
using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>Tables of text, one row a line.</summary>
internal sealed class TableReader
{
    private readonly TableFormat format;
    private readonly string path;
    private readonly List<(int Line, int Row, string[] Fields)> rows = [];
    private string[] columns = [];
    private int dropped;

    private TableReader(string path, TableFormat format)
    {
        (this.path, this.format) = (path, format);
    }

    /// <param name="bytes">Of the file, unpacked.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="format">How it is read.</param>
    public static TablePool Read(byte[] bytes, string path, TableFormat format)
    {
        var reader = new TableReader(path, format);
        reader.ReadRows(Encoding.UTF8.GetString(bytes));
        return reader.ToPool();
    }

    private void ReadRows(string text)
    {
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').AsSpan().EnumerateLines())
        {
            number++;
            if (line.IsWhiteSpace())
            {
                continue;
            }
            var fields = FieldsOf(line, number);
            if (columns.Length == 0 && TakeHeader(fields))
            {
                continue;
            }
            if (fields.Length != columns.Length)
            {
                throw Error(number, $"found {fields.Length} fields, expected {columns.Length}: {Shorten(string.Join(", ", columns))}");
            }
            rows.Add((number, rows.Count, fields));
        }
        if (rows.Count == 0)
        {
            throw FileError($"there are no rows; expected lines of {(columns.Length > 0 ? Shorten(string.Join(", ", columns)) : "numbers")}");
        }
    }

    /// <summary>Names the columns; true where the line was a header.</summary>
    private bool TakeHeader(string[] fields)
    {
        var isHeader = format.Header ?? !Array.Exists(fields, f => TryNumber(f, out _));
        columns = [.. format.Columns ?? (isHeader ? fields : Enumerable.Range(1, fields.Length).Select(k => k.ToString(CultureInfo.InvariantCulture)))];
        return isHeader;
    }

    private TablePool ToPool()
    {
        // Rows that a network is to be applied to need not say what it should give, nor have what it is not given.
        var isOpen = format.Learnt is not null && format.Targets.All(t => TryFind(t) < 0);
        var targets = isOpen ? [] : Find(format.Targets, "targets");
        var categorical = Find(format.Categorical, "categorical");
        var ignored = Find(format.Learnt is null ? format.Ignored : [.. format.Ignored.Where(c => TryFind(c) >= 0)], "ignored");
        foreach (var twice in targets.Concat(categorical).Concat(ignored).GroupBy(c => c).Where(g => g.Count() > 1))
        {
            throw FileError($"the column {columns[twice.Key]} is named more than once among targets, categorical and ignored; expected once");
        }
        if (!isOpen && format.ClassTarget && targets.Length != 1)
        {
            throw FileError($"{targets.Length} columns are targets; expected the one that has the class");
        }
        DropMissing(format.Learnt is null ? ignored : [.. ignored, .. targets]);
        var (features, names, categories, repeated) = Features([.. Enumerable.Range(0, columns.Length).Except(targets).Except(ignored)], categorical);
        var known = targets.Length > 0 && rows.Exists(r => Array.Exists(targets, t => !IsUnknown(r.Fields[t])));
        var wanted = !known ? null : format.ClassTarget ? Classes(targets[0]) : PoolTargets.Of(Numbers(targets), [.. targets.Select(t => columns[t])]);
        return new(features, names, wanted)
        {
            Categories = categories,
            RepeatedNames = repeated,
            DroppedRows = dropped,
            FileRows = dropped > 0 ? [.. rows.Select(r => r.Row)] : null,
        };
    }

    private (double[,] Values, string[] Names, Dictionary<string, IReadOnlyList<string>> Categories, List<string> Repeated) Features(int[] chosen, int[] categorical)
    {
        var (names, categories, repeated) = (new List<string>(), new Dictionary<string, IReadOnlyList<string>>(), new List<string>());
        var fill = new List<Action<int, double[,]>>();
        foreach (var column in chosen)
        {
            var first = names.Count;
            if (categorical.Contains(column))
            {
                var values = format.Learnt?.Categories.GetValueOrDefault(columns[column])?.ToArray() ?? Values(column);
                categories[columns[column]] = values;
                names.AddRange(values.Select(v => Unique($"{columns[column]}={v}")));
                fill.Add((i, table) => table[i, Array.IndexOf(values, rows[i].Fields[column]) is >= 0 and var k
                    ? first + k
                    : throw Error(rows[i].Line, $"found \"{Shorten(rows[i].Fields[column])}\" for {columns[column]}, which the network has not learnt; expected one of {Shorten(string.Join(", ", values))}")] = 1);
            }
            else
            {
                names.Add(Unique(columns[column]));
                fill.Add((i, table) => table[i, first] = Number(i, column) / format.Divisor);
            }
        }
        if (names.Count == 0)
        {
            throw FileError($"no column is left for the inputs; take some out of targets or ignored");
        }
        var features = new double[rows.Count, names.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            fill.ForEach(f => f(i, features));
        }
        return (features, [.. names], categories, repeated);

        // A name that another input has, too, gets a number.
        string Unique(string name)
        {
            var unique = name;
            for (var k = 2; names.Contains(unique); k++)
            {
                unique = string.Create(CultureInfo.InvariantCulture, $"{name}.{k}");
            }
            if (unique != name)
            {
                repeated.Add(unique);
            }
            return unique;
        }
    }

    private PoolTargets Classes(int column)
    {
        string[] values = [.. Values(column).Where(v => !IsUnknown(v))];
        return PoolTargets.Of([.. rows.Select(r => Array.IndexOf(values, r.Fields[column]))], values);
    }

    private double[,] Numbers(int[] chosen)
    {
        var numbers = new double[rows.Count, chosen.Length];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var j = 0; j < chosen.Length; j++)
            {
                numbers[i, j] = IsUnknown(rows[i].Fields[chosen[j]]) ? double.NaN : Number(i, chosen[j]);
            }
        }
        return numbers;
    }

    /// <summary>The different values of a column: by size where all are numbers, else by their letters.</summary>
    private string[] Values(int column)
    {
        var values = rows.Select(r => r.Fields[column]).Distinct().Order(StringComparer.Ordinal).ToArray();
        return values.All(v => TryNumber(v, out _)) ? [.. values.OrderBy(v => TryNumber(v, out var x) ? x : 0)] : values;
    }

    private void DropMissing(int[] ignored)
    {
        int[] needed = [.. Enumerable.Range(0, columns.Length).Except(ignored)];
        if (format.Missing == MissingValues.Drop)
        {
            dropped = rows.RemoveAll(row => Array.Exists(needed, c => IsMissing(row.Fields[c])));
            if (rows.Count == 0)
            {
                throw FileError($"a value is missing in every row; expected rows without; put the columns that lack it under ignored");
            }
            return;
        }
        foreach (var (line, _, fields) in rows)
        {
            if (Array.FindIndex(needed, c => IsMissing(fields[c])) is var k and >= 0)
            {
                throw Error(line, $"found \"{fields[needed[k]]}\" for {columns[needed[k]]}, which stands for a missing value; give it, or let missing be \"drop\"");
            }
        }
    }

    /// <summary>Whether a target is not known, as it need not be where a network is only applied.</summary>
    private bool IsUnknown(string target) => format.Learnt is not null && IsMissing(target);

    private int[] Find(IReadOnlyList<string> names, string key) => [.. names.Select(name => Find(name, key))];

    /// <summary>A column by its name, or by its number from 1; -1 where there is none.</summary>
    private int TryFind(string name)
    {
        var index = Array.IndexOf(columns, name);
        return index < 0 && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= columns.Length ? number - 1 : index;
    }

    private int Find(string name, string key)
    {
        var index = TryFind(name);
        if (index >= 0)
        {
            return columns[index] != name || Array.IndexOf(columns, name, index + 1) < 0
                ? index
                : throw FileError($"two columns are called {name}, which {key} names; name them by their numbers");
        }
        throw FileError(
            $"{key} names a column {Shorten(name)} that is not there; {(Spelling.Nearest(name, columns) is { } nearest ? $"did you mean {nearest}? " : "")}expected {Known()}");
    }

    /// <summary>What columns are called, and what may be wrong with that.</summary>
    private string Known()
    {
        if (columns.Length == 1 && (rows[0].Fields.Concat(columns).FirstOrDefault(f => f.AsSpan().IndexOfAny(";\t,") >= 0)) is { } field)
        {
            return $"columns, but lines have one field, as \"{Shorten(field)}\"; give the data the delimiter that is between them";
        }
        var areNumbers = Array.TrueForAll(columns, c => int.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return areNumbers ? $"a number from 1 to {columns.Length}: the file has no header (data.header)" : $"one of {Shorten(string.Join(", ", columns))}, or a number from 1 to {columns.Length}";
    }

    private double Number(int row, int column)
    {
        var field = rows[row].Fields[column];
        return TryNumber(field, out var value) && double.IsFinite(value)
            ? value
            : throw Error(rows[row].Line, $"found \"{Shorten(field)}\" for {columns[column]}, expected a finite number; {(format.Targets.Contains(columns[column]) ? "if it is a class, set classTarget" : "put the column under categorical or ignored if it has none")}");
    }

    private string[] FieldsOf(ReadOnlySpan<char> line, int number)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var (quoted, wasQuoted) = (false, false);
        for (var k = 0; k < line.Length; k++)
        {
            var c = line[k];
            if (c == '"' && quoted && k + 1 < line.Length && line[k + 1] == '"')
            {
                field.Append('"');
                k++;
            }
            else if (c == '"')
            {
                (quoted, wasQuoted) = (!quoted, true);
            }
            else if (!quoted && (c == format.Delimiter || format.Delimiter == ' ' && char.IsWhiteSpace(c)))
            {
                End();
            }
            else
            {
                field.Append(c);
            }
        }
        if (quoted)
        {
            throw Error(number, "a quotation mark is not closed; expected it on the same line");
        }
        End();
        return [.. fields];

        void End()
        {
            var text = field.ToString().Trim();
            if (format.Delimiter != ' ' || text.Length > 0 || wasQuoted)
            {
                fields.Add(text);
            }
            field.Clear();
            wasQuoted = false;
        }
    }

    private InputException Error(int line, string problem) => new($"{path}, line {line}: {problem}".ReplaceLineEndings(" "));

    private InputException FileError(string problem) => new($"{path}: {problem}".ReplaceLineEndings(" "));

    private static bool IsMissing(string field) => field is "" or "?" or "NA" or "N/A" or "nan" or "NaN" or "null";

    private static bool TryNumber(string field, out double value) => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
