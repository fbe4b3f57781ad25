namespace Engine.Core.Analysis;

/// <summary>Means of time series with errors by blocking.</summary>
public static class TimeSeriesStatistics
{
    /// <summary>Means, errors and blocking curves of equally spaced series; samples that are NaN are left out, an empty series is named in a note.</summary>
    /// <param name="name">Identifier of the result, "thermoStatistics".</param>
    /// <param name="title">Its heading.</param>
    /// <param name="series">The quantities.</param>
    public static AnalysisResult Analyse(string name, string title, IEnumerable<TimeSeries> series)
    {
        var curves = new List<AnalysisCurve>();
        var scalars = new List<AnalysisScalar>();
        var notes = new List<string> { "Errors by pairwise blocking (Flyvbjerg and Petersen 1989)." };
        var unsettled = new List<string>();
        foreach (var s in series)
        {
            var values = Array.FindAll(s.Values, double.IsFinite);
            if (values.Length == 0)
            {
                notes.Add($"{s.Name}: no samples.");
                continue;
            }
            var estimate = BlockingEstimate.Of(values);
            scalars.Add(new($"mean {s.Name}", estimate.Mean, s.Unit, double.IsNaN(estimate.Error) ? null : estimate.Error));
            if (estimate.Converged)
            {
                notes.Add($"{s.Name}: error plateau at blocks of {estimate.BlockLength} samples.");
            }
            else
            {
                unsettled.Add(s.Name);
            }
            var levels = estimate.Levels.Where(l => l.Blocks >= 4 && l.Error > 0).ToArray();
            var scale = levels.Length > 0 ? levels[0].Error : 1;
            curves.Add(new(
                s.Name, [.. levels.Select(l => (double)l.BlockLength)], [.. levels.Select(l => l.Error / scale)], [.. levels.Select(l => l.ErrorOfError / scale)]));
        }
        if (unsettled.Count > 0)
        {
            notes.Add($"Error not converged for {string.Join(", ", unsettled)} (too few samples for the correlation time): a lower bound is given.");
        }
        return new(
            name, title, [new("Blocking: error estimate over that of uncorrelated samples", "block length", "samples", "σ/σ₁", "", curves) { LogarithmicX = true }],
            scalars, notes);
    }
}
