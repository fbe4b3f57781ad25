namespace Engine.Core.Input;

/// <summary>The state that a run can be resumed from, bit for bit.</summary>
public sealed record CheckpointOutputInput
{
    /// <summary>Steps between two checkpoints.</summary>
    public int Every { get; init; } = 10000;
}
