using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>A table of numbers in a file.</summary>
public abstract record TableDefinition : SplitData
{
    /// <summary>The file, plain or packed by gzip.</summary>
    public required string Path { get; init; }

    public Normalisation Normalisation { get; init; } = Normalisation.ZScore;

    /// <summary>Of targets that are numbers; classes are never scaled.</summary>
    public Normalisation TargetNormalisation { get; init; } = Normalisation.ZScore;

    /// <summary>How the file is read.</summary>
    internal abstract TableFormat Format { get; }

    /// <summary>Where the file comes from, "NAME from URL"; null where nobody knows.</summary>
    internal virtual string? Source => null;

    /// <summary>All rows, not scaled: a pool to take subsets of.</summary>
    /// <param name="folder">Where a relative path starts.</param>
    /// <exception cref="Engine.Kernels.Errors.InputException">The file is missing, or a row is not understood.</exception>
    public TablePool ReadTable(string folder) => ReadTable(new DataFiles(folder));

    internal override DataDefinition WithoutPath() => this with { Path = "" };

    internal override SamplePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false) => ReadTable(files, learnt, whole);

    internal override string Inputs => Format.Divisor == 1 ? "" : FormattableString.Invariant($"numbers over {Format.Divisor}");

    private protected override (ColumnScale[]? Features, ColumnScale[]? Targets) ScalesOf(SamplePool training, SamplePool all, InputDefinition input) => (
        input is TokensInput ? null : ColumnScale.Of(Normalisation, ((TablePool)training).Features, ((TablePool)all).Features, all.FeatureNames, "normalisation"),
        all.Targets?.ScalesOf(TargetNormalisation, training.Targets!));

    private protected override string? NoticeOf(SamplePool all, bool isLearnt)
    {
        var table = (TablePool)all;
        List<string> lines = [];
        if (table.DroppedRows is var dropped and > 0)
        {
            lines.Add($"{dropped} row{(dropped == 1 ? "" : "s")} with missing values{(isLearnt ? "" : ", or categories that the network has not learnt,")} left out");
        }
        if (table.RepeatedNames.Count > 0)
        {
            lines.Add($"columns with the name of another are called {string.Join(", ", table.RepeatedNames.Take(3))}");
        }
        if (isLearnt && table.Targets is { } targets && targets.Constant() is { } same)
        {
            lines.Add($"{same} in all rows");
        }
        if (isLearnt && TellsOfConstants && table.ConstantFeatures() is { Length: > 0 } constant)
        {
            lines.Add($"nothing can be learnt from {string.Join(", ", constant.Take(3))}{(constant.Length > 3 ? $" and {constant.Length - 3} more columns" : "")}, the same in all rows");
        }
        return lines.Count == 0 ? null : $"{Path}: {string.Join("; ", lines)}";
    }

    /// <summary>Whether somebody should know of columns that are the same in all rows.</summary>
    private protected virtual bool TellsOfConstants => false;

    private TablePool ReadTable(DataFiles files, DataEncoding? learnt = null, bool whole = false)
    {
        var format = Format;
        // A split takes the rows that it took when they were learnt.
        format = format with { Learnt = learnt, KeepsUnknown = learnt is not null && (whole || format.Missing == MissingValues.Refuse) };
        return TableReader.Read(files.Read(Path, Source), files.Resolve(Path), format);
    }
}
