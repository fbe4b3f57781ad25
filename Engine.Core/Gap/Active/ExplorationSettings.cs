namespace Engine.Core.Gap.Active;

/// <summary>
/// The closed loop: molecular dynamics with the present potential, the frames of which it is least sure are labelled and the potential fitted again, until it is sure of all.
/// </summary>
public sealed record ExplorationSettings
{
    /// <summary>Temperature [K].</summary>
    public required double Temperature { get; init; }

    /// <summary>Steps of each run.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Time step [ps].</summary>
    public double TimeStep { get; init; } = 0.001;

    /// <summary>Steps from one frame that is looked at to the next.</summary>
    public int Every { get; init; } = 50;

    /// <summary>Frames that are labelled after each run, at most.</summary>
    public int Picks { get; init; } = 5;

    /// <summary>Runs, at most.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>The loop ends when the deviation of no atom's energy, over δ, is larger in a whole run: it is 0 in known surroundings and 1 in unknown ones.</summary>
    public double Tolerance { get; init; } = 0.05;
}
