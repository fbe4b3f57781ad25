namespace Engine.Learn.Recording;

/// <summary>What a training writes beside its recording.</summary>
public sealed record LearningOutput
{
    /// <summary>Folder of the results, relative to where the program is started.</summary>
    public string Folder { get; init; } = "runs/ntk";

    /// <summary>Epochs, or rounds of an agent, from one checkpoint to the next.</summary>
    public int CheckpointEvery { get; init; } = 10;
}
