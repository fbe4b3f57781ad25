namespace Engine.Learn.Data;

/// <summary>Samples to learn and samples to test, before they become tensors.</summary>
/// <param name="Training">One or more.</param>
/// <param name="Test">Null where all are learnt.</param>
internal sealed record DataParts(SamplePool Training, SamplePool? Test)
{
    /// <summary>Where the samples to learn are among all of the data; null: they are the first ones.</summary>
    public int[]? TrainingRows { get; init; }

    /// <summary>The same of the samples to test; null: they are the first ones of a part of their own.</summary>
    public int[]? TestRows { get; init; }

    /// <summary>How they were brought into this form; <see cref="DataDefinition.Load"/> adds targets, classes and the hash.</summary>
    public DataEncoding Encoding { get; init; } = new();

    /// <summary>A line on what was left out of the samples; null where nothing was.</summary>
    public string? Notice { get; init; }
}
