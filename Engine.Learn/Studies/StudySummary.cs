using System.Globalization;
using Engine.Core.Analysis;

namespace Engine.Learn.Studies;

/// <summary>What a study found.</summary>
/// <param name="Study">Its name.</param>
/// <param name="Title">A heading for it.</param>
/// <param name="Numbers">Means, differences and correlations.</param>
/// <param name="Plots">Curves with standard errors.</param>
/// <param name="Notes">How it was measured.</param>
public sealed record StudySummary(string Study, string Title, IReadOnlyList<StudyNumber> Numbers, IReadOnlyList<AnalysisPlot> Plots, IReadOnlyList<string> Notes)
{
    /// <summary>As reports show it: numbers with standard errors, then their 95 % intervals.</summary>
    public AnalysisResult ToResult() => new(
        Study, Title, Plots, [.. Numbers.Select(n => new AnalysisScalar(n.Name, n.Value, n.Unit, n.StandardError))],
        [.. Notes, .. Numbers.Where(n => double.IsFinite(n.Low)).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"{n.Name}: 95 % interval {n.Low:G4} to {n.High:G4} of {n.Count} runs{(n.Positive is { } positive ? $", positive in {positive}" : "")}"))]);
}
