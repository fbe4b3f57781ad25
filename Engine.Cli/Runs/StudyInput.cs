namespace Engine.Cli.Runs;

/// <summary>From a trajectory to a potential and back: see the verb "gap study". Paths are relative to the file.</summary>
internal sealed record StudyInput
{
    public string Title { get; init; } = "";

    /// <summary>Run input of the trajectory that training data is chosen from.</summary>
    public required string Trajectory { get; init; }

    /// <summary>Settings of active learning.</summary>
    public required string Active { get; init; }

    /// <summary>Run input of the large run, with the potential of reference; it is run with that and with the GAP.</summary>
    public required string Production { get; init; }

    /// <summary>Where everything goes, one folder for each part.</summary>
    public string Folder { get; init; } = "runs/study";
}
