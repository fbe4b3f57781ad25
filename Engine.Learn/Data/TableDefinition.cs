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

    internal override SamplePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null) => ReadTable(files, learnt);

    private protected override DataEncoding EncodingOf(SamplePool training, SamplePool all, InputDefinition input) => new()
    {
        Features = ((TablePool)all).FeatureNames,
        FeatureScales = input is TokensInput ? null : ColumnScale.Of(Normalisation, ((TablePool)training).Features, ((TablePool)all).Features),
        TargetScales = all.Targets?.Numbers is { } targets ? ColumnScale.Of(TargetNormalisation, training.Targets!.Numbers!, targets) : null,
    };

    private protected override SamplePool Encode(SamplePool samples, DataEncoding encoding, InputDefinition input)
    {
        var scaled = ((TablePool)samples).Scale(encoding.FeatureScales, encoding.TargetScales);
        return input is TokensInput ? scaled.ToTokens(Path) : scaled;
    }

    private protected override string? NoticeOf(SamplePool all) =>
        ((TablePool)all).DroppedRows is var dropped and > 0 ? $"{Path}: {dropped} row{(dropped == 1 ? "" : "s")} with missing values left out" : null;

    private TablePool ReadTable(DataFiles files, DataEncoding? learnt = null) =>
        TableReader.Read(files.Read(Path, Source), files.Resolve(Path), learnt is null ? Format : Format with { Learnt = learnt });
}
