namespace Engine.Core.Input;

/// <summary>The frames that are kept.</summary>
public sealed record TrajectoryOutputInput
{
    /// <summary>Steps between two frames.</summary>
    public required int Every { get; init; }

    public bool Velocities { get; init; }

    public bool Forces { get; init; }

    /// <summary>Periodic image counters, needed to unwrap positions.</summary>
    public bool Images { get; init; } = true;

    public StoredPrecision Precision { get; init; } = StoredPrecision.Float;
}
