namespace Engine.Core.Analysis;

/// <summary>Curves that share their axes.</summary>
/// <param name="Title">What is shown, "Partial radial distribution functions".</param>
/// <param name="XLabel">Symbol or name of the abscissa, "r".</param>
/// <param name="XUnit">Its unit, empty when it has none.</param>
/// <param name="YLabel">Symbol or name of the ordinate, "g(r)".</param>
/// <param name="YUnit">Its unit, empty when it has none.</param>
/// <param name="Curves">The lines.</param>
public sealed record AnalysisPlot(
    string Title, string XLabel, string XUnit, string YLabel, string YUnit, IReadOnlyList<AnalysisCurve> Curves)
{
    public bool LogarithmicX { get; init; }

    public bool LogarithmicY { get; init; }
}
