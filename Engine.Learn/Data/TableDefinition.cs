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

    internal override SamplePool ReadPool(DataFiles files, InputDefinition input) => ReadTable(files);

    internal override DataParts Read(DataFiles files, InputDefinition input)
    {
        var pool = ReadTable(files);
        var split = Split(pool);
        var (training, test) = ((TablePool)split.Training, (TablePool?)split.Test);
        var features = input is TokensInput ? null : ColumnScale.Of(Normalisation, training.Features, pool.Features);
        var targets = pool.Targets?.Numbers is { } all ? ColumnScale.Of(TargetNormalisation, training.Targets!.Numbers!, all) : null;
        return split with
        {
            Training = Scaled(training),
            Test = test is null ? null : Scaled(test),
            TargetScales = targets,
            Notice = pool.DroppedRows is var dropped and > 0 ? $"{Path}: {dropped} row{(dropped == 1 ? "" : "s")} with missing values left out" : null,
        };

        SamplePool Scaled(TablePool part) => part.Scale(features, targets) is var scaled && input is TokensInput ? scaled.ToTokens(Path) : scaled;
    }

    private TablePool ReadTable(DataFiles files) => TableReader.Read(files.Read(Path, Source), files.Resolve(Path), Format);
}
