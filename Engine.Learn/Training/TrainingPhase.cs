namespace Engine.Learn.Training;

/// <summary>A part of a partitioned training.</summary>
public sealed record TrainingPhase
{
    public required int Epochs { get; init; }

    public int BatchSize { get; init; } = 32;

    /// <summary>The first sample; negative: from the end of the data.</summary>
    public int First { get; init; }

    /// <summary>Samples; by default all from the first.</summary>
    public int? Count { get; init; }

    internal (int First, int Count) Of(int samples)
    {
        var first = First < 0 ? samples + First : First;
        return (first, Count ?? samples - first);
    }
}
