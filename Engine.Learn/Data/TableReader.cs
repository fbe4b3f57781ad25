using System.Globalization;
using System.Text;
using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>Tables of text, one row a line.</summary>
internal sealed class TableReader
{
    private readonly TableFormat format;
    private readonly string path;
    private readonly List<(int Line, int Row, string[] Fields)> rows = [];
    private string[] written = [];
    private string[] header = [];
    private bool areNumbers;
    private TableColumns columns = null!;
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
            if (written.Length == 0 && TakeHeader(fields))
            {
                continue;
            }
            if (fields.Length != written.Length)
            {
                throw Error(number, $"found {fields.Length} fields, expected {written.Length}: {Shorten(string.Join(", ", written))}");
            }
            rows.Add((number, rows.Count, fields));
        }
        if (rows.Count == 0)
        {
            throw FileError($"there are no rows; expected lines of {(written.Length > 0 ? Shorten(string.Join(", ", written)) : "numbers")}");
        }
    }

    /// <summary>Names the columns; true where the line was a header.</summary>
    private bool TakeHeader(string[] fields)
    {
        var isHeader = format.Header ?? !Array.Exists(fields, f => TryNumber(f, out _));
        areNumbers = format.Columns is null && !isHeader;
        header = isHeader ? fields : [];
        written = [.. format.Columns ?? (isHeader ? fields : Enumerable.Range(1, fields.Length).Select(k => k.ToString(CultureInfo.InvariantCulture)))];
        if (format.Learnt is not null && format.Columns is not null && fields.Length == format.Columns.Count - format.Targets.Count)
        {
            // Rows that a network is to be applied to need not say what it should give.
            written = [.. written.Except(format.Targets)];
        }
        if (format.Columns is not null && isHeader && format.Learnt is { Header.Count: > 0 } learnt)
        {
            // Columns of a known format are told by their places, so that the names that the file gives them must be those of before.
            string[] before = [.. format.Columns.Zip(learnt.Header).Where(c => written.Contains(c.First)).Select(c => c.Second)];
            if (!before.AsSpan().SequenceEqual(fields))
            {
                throw FileError($"columns are {Shorten(string.Join(", ", fields))}, but the network learnt from {Shorten(string.Join(", ", before))}; expected the same in that order");
            }
        }
        return isHeader;
    }

    private TablePool ToPool()
    {
        columns = new(path, format, written, areNumbers, rows[0].Fields);
        DropMissing();
        var (features, names, categories) = Features();
        int[] known = [.. columns.Targets.Where(t => t >= 0 && rows.Exists(r => !IsUnknown(r.Fields[t])))];
        return new(features, names, known.Length == 0 ? null : format.ClassTarget ? Classes(known[0]) : PoolTargets.Of(Numbers(columns.Targets), columns.TargetNames))
        {
            Columns = columns.Names,
            Header = header,
            Categories = categories,
            RepeatedNames = columns.Repeated,
            DroppedRows = dropped,
            FileRows = dropped > 0 ? [.. rows.Select(r => r.Row)] : null,
        };
    }

    private (double[,] Values, string[] Names, Dictionary<string, IReadOnlyList<string>> Categories) Features()
    {
        var (names, categories) = (new List<string>(), new Dictionary<string, IReadOnlyList<string>>());
        var fill = new List<Action<int, double[,]>>();
        foreach (var column in columns.Features)
        {
            var (first, name) = (names.Count, columns.Names[column]);
            if (columns.Categorical.Contains(column))
            {
                var values = format.Learnt?.Categories.GetValueOrDefault(name)?.ToArray() ?? Values(column);
                categories[name] = values;
                names.AddRange(values.Select(v => $"{name}={v}"));
                fill.Add((i, table) => table[i, Array.IndexOf(values, rows[i].Fields[column]) is >= 0 and var k
                    ? first + k
                    : throw Error(rows[i].Line, $"found \"{Shorten(rows[i].Fields[column])}\" for {name}, which the network has not learnt; expected one of {Shorten(string.Join(", ", values))}")] = 1);
            }
            else
            {
                names.Add(name);
                fill.Add((i, table) => table[i, first] = Number(i, column) / format.Divisor);
            }
        }
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { Key: var twice })
        {
            throw FileError($"two inputs are called {Shorten(twice)}, a value of a categorical column and another column; expected other names: rename one");
        }
        var features = new double[rows.Count, names.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            fill.ForEach(f => f(i, features));
        }
        return (features, [.. names], categories);
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
                numbers[i, j] = chosen[j] < 0 || IsUnknown(rows[i].Fields[chosen[j]]) ? double.NaN : Number(i, chosen[j]);
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

    private void DropMissing()
    {
        int[] needed = format.KeepsUnknown ? columns.Features : [.. columns.Features.Concat(columns.Targets).Where(c => c >= 0).Order()];
        if (format.Missing == MissingValues.Drop)
        {
            dropped = rows.RemoveAll(row => Array.Exists(needed, c => IsMissing(row.Fields[c])) || format.KeepsUnknown && Array.Exists(columns.Categorical, c => !IsLearnt(row.Fields[c], c)));
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
                throw Error(line, $"found \"{fields[needed[k]]}\" for {columns.Names[needed[k]]}, which stands for a missing value; give it, or let missing be \"drop\"");
            }
        }
    }

    /// <summary>Whether a network has learnt a category; where it is to learn, it will.</summary>
    private bool IsLearnt(string value, int column) => format.Learnt?.Categories.GetValueOrDefault(columns.Names[column])?.Contains(value) != false;

    /// <summary>Whether a target is not known, as it need not be where a network is only applied.</summary>
    private bool IsUnknown(string target) => format.KeepsUnknown && IsMissing(target);

    private double Number(int row, int column)
    {
        var field = rows[row].Fields[column];
        return TryNumber(field, out var value) && double.IsFinite(value)
            ? value
            : throw Error(rows[row].Line, $"found \"{Shorten(field)}\" for {columns.Names[column]}, expected a finite number; {(columns.Targets.Contains(column) ? "if it is a class, set classTarget" : "put the column under categorical or ignored if it has none")}");
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

    internal static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
