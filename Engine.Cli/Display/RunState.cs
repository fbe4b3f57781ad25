namespace Engine.Cli.Display;

/// <summary>Where a run is, for the eye. Values in the units of the run.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="StageNumber">From 1.</param>
/// <param name="StageCount">Stages of the run.</param>
/// <param name="Step">Steps done since the start of the run.</param>
/// <param name="TotalSteps">Steps of the whole run; a minimisation counts its upper limit.</param>
/// <param name="Atoms">Particles; 0 where there are none.</param>
/// <param name="Temperature">NaN where unknown.</param>
/// <param name="Pressure">NaN where unknown.</param>
/// <param name="Density">In the form the units report it (g/cm³ or particles per volume); NaN where unknown.</param>
internal readonly record struct RunState(
    string Stage, int StageNumber, int StageCount, long Step, long TotalSteps, int Atoms, double Temperature, double Pressure, double Density)
{
    /// <summary>What stages are called.</summary>
    public string Part { get; init; } = "stage";

    /// <summary>What is made small; NaN where nothing is.</summary>
    public double Loss { get; init; } = double.NaN;
}
