namespace Engine.Learn.Data;

/// <summary>Samples to learn and samples to test, before they are scaled and become tensors.</summary>
/// <param name="Training">One or more.</param>
/// <param name="Test">Null where all are learnt.</param>
internal sealed record DataParts(SamplePool Training, SamplePool? Test)
{
    /// <summary>Where the samples to learn are among all of the data; null: they are the first ones.</summary>
    public int[]? TrainingRows { get; init; }

    /// <summary>The same of the samples to test; null: they are the first ones of a part of their own.</summary>
    public int[]? TestRows { get; init; }

    /// <summary>What features should be scaled by; null: by nothing.</summary>
    public IReadOnlyList<ColumnScale>? FeatureScales { get; init; }

    /// <summary>The same of targets.</summary>
    public IReadOnlyList<ColumnScale>? TargetScales { get; init; }

    /// <summary>A line on what was left out of the samples; null where nothing was.</summary>
    public string? Notice { get; init; }
}
