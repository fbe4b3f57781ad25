namespace Engine.Core.Input;

/// <summary>What a run writes.</summary>
public sealed record OutputInput
{
    /// <summary>Folder of the results, relative to where the program is started.</summary>
    public string Folder { get; init; } = "runs/run";

    public ThermoOutputInput Thermo { get; init; } = new();

    /// <summary>Frames; null: none, only the table of <see cref="Thermo"/>.</summary>
    public TrajectoryOutputInput? Trajectory { get; init; }

    public CheckpointOutputInput Checkpoint { get; init; } = new();
}
