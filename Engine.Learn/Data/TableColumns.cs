using System.Globalization;
using Engine.Core.Json;
using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>The columns of a table, and what each of them is.</summary>
internal sealed class TableColumns
{
    private readonly string path;
    private readonly TableFormat format;
    private readonly string[] written;
    private readonly string[] firstRow;

    /// <param name="path">The file, for messages.</param>
    /// <param name="format">How it is read.</param>
    /// <param name="written">Names as they stand in the file, or numbers from 1.</param>
    /// <param name="areNumbers">Whether they are such numbers.</param>
    /// <param name="firstRow">Fields of the first row, for messages.</param>
    /// <exception cref="InputException">A column is named that is not there, or twice; the network learnt from others.</exception>
    public TableColumns(string path, TableFormat format, string[] written, bool areNumbers, string[] firstRow)
    {
        (this.path, this.format, this.written, this.firstRow) = (path, format, written, firstRow);
        var (all, taken) = (written.ToHashSet(), new HashSet<string>());
        Names = Array.ConvertAll(written, name =>
        {
            // What the file calls a column keeps its name.
            var unique = name;
            for (var k = 2; unique != name && all.Contains(unique) || !taken.Add(unique); k++)
            {
                unique = string.Create(CultureInfo.InvariantCulture, $"{name}.{k}");
            }
            return unique;
        });
        if (areNumbers && Learnt.Count > 0 && Learnt.Count != Names.Length)
        {
            throw FileError($"there are {Names.Length} columns without names, but the network learnt from a table of {Learnt.Count}; expected as many: leave fields of targets empty, if they are not known");
        }
        Targets = [.. format.Targets.Select(t => Find(t, "targets", mayBeAbsent: Learnt.Contains(Translated(t))))];
        TargetNames = [.. format.Targets.Zip(Targets, (name, column) => column < 0 ? Translated(name) : Names[column])];
        Categorical = [.. format.Categorical.Select(name => Find(name, "categorical", mayBeAbsent: false))];
        Ignored = [.. format.Ignored.Select(name => Find(name, "ignored", mayBeAbsent: format.Learnt is not null)).Where(c => c >= 0)];
        foreach (var twice in Targets.Where(t => t >= 0).Concat(Categorical).Concat(Ignored).GroupBy(c => c).Where(g => g.Count() > 1))
        {
            throw FileError($"the column {Names[twice.Key]} is named more than once among targets, categorical and ignored; expected once");
        }
        if (format.ClassTarget && Targets.Length != 1)
        {
            throw FileError($"{Targets.Length} columns are targets; expected the one that has the class");
        }
        Features = [.. Enumerable.Range(0, Names.Length).Except(Targets).Except(Ignored)];
        if (Features.Length == 0)
        {
            throw FileError("no column is left for the inputs; take some out of targets or ignored");
        }
    }

    /// <summary>Each once: the second column that is called x is "x.2".</summary>
    public string[] Names { get; }

    /// <summary>Names that the file has otherwise, because a column before has the same.</summary>
    public string[] Repeated => [.. Names.Except(written)];

    /// <summary>Columns that a network should give; -1 where the file lacks one that it has learnt.</summary>
    public int[] Targets { get; }

    public string[] TargetNames { get; }

    /// <summary>Columns that become an input for each value.</summary>
    public int[] Categorical { get; }

    public int[] Ignored { get; }

    /// <summary>Columns that become inputs.</summary>
    public int[] Features { get; }

    /// <summary>All columns of the table that the network learnt from; none where it learns from this one.</summary>
    private IReadOnlyList<string> Learnt => format.Learnt?.Columns ?? [];

    /// <summary>A number counts the columns of the table that the network learnt from.</summary>
    private string Translated(string name) =>
        !Learnt.Contains(name) && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= Learnt.Count ? Learnt[number - 1] : name;

    /// <summary>A column by its name, or by its number from 1; -1 where there is none and may be none.</summary>
    private int Find(string name, string key, bool mayBeAbsent)
    {
        var index = Array.IndexOf(Names, Translated(name));
        if (index >= 0)
        {
            // A number tells columns of one name apart.
            return Translated(name) != name || written.Count(w => w == name) < 2
                ? index
                : throw FileError($"two columns are called {name}, which {key} names; name them by their numbers");
        }
        if (Learnt.Count == 0 && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= Names.Length)
        {
            return number - 1;
        }
        return mayBeAbsent
            ? -1
            : throw FileError(
                $"{key} names a column {TableReader.Shorten(name)} that is not there; {(Spelling.Nearest(name, Names) is { } nearest ? $"did you mean {nearest}? " : "")}expected {Known()}");
    }

    /// <summary>What columns are called, and what may be wrong with that.</summary>
    private string Known()
    {
        if (Names.Length == 1 && firstRow.Concat(Names).FirstOrDefault(f => f.AsSpan().IndexOfAny(";\t,") >= 0) is { } field)
        {
            return $"columns, but lines have one field, as \"{TableReader.Shorten(field)}\"; give the data the delimiter that is between them";
        }
        var areNumbers = Array.TrueForAll(Names, c => int.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return areNumbers ? $"a number from 1 to {Names.Length}: the file has no header (data.header)" : $"one of {TableReader.Shorten(string.Join(", ", Names))}, or a number from 1 to {Names.Length}";
    }

    private InputException FileError(string problem) => new($"{path}: {problem}".ReplaceLineEndings(" "));
}
