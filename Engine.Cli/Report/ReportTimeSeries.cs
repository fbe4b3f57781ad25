using Engine.Core.Analysis;

namespace Engine.Cli.Report;

/// <summary>Quantities sampled along a run, against a common abscissa.</summary>
/// <param name="XLabel">"time" or "step".</param>
/// <param name="XUnit">Its unit, empty when it has none.</param>
/// <param name="X">Sampling points.</param>
/// <param name="Columns">Quantities; those of one panel share a plot, as temperature and its target do.</param>
internal sealed record ReportTimeSeries(string XLabel, string XUnit, double[] X, IReadOnlyList<ReportColumn> Columns)
{
    /// <summary>Abscissae at which stages begin, drawn as vertical lines.</summary>
    public IReadOnlyList<double> StageStarts { get; init; } = [];

    /// <summary>Index of the stage of each sampling point, where there are stages.</summary>
    public IReadOnlyList<int> Stages { get; init; } = [];

    /// <summary>One plot for each panel, in order of appearance. Samples that are not finite are left out.</summary>
    public IReadOnlyList<AnalysisPlot> Plots() =>
    [
        .. Columns.GroupBy(c => c.Panel).Select(panel => new AnalysisPlot(
            panel.Key, XLabel, XUnit, panel.Count() == 1 ? panel.First().Name : panel.Key, panel.First().Unit, [.. panel.Select(Curve)])),
    ];

    /// <summary>Sampling points of a stage.</summary>
    public IEnumerable<int> RowsOf(int stage) => Enumerable.Range(0, X.Length).Where(i => Stages[i] == stage);

    /// <summary>From the first to the last sampling point of a stage.</summary>
    public double DurationOf(int stage) => X[RowsOf(stage).Last()] - X[RowsOf(stage).First()];

    /// <summary>Slope of a straight line through a quantity in a stage, by least squares; NaN with fewer than two points.</summary>
    public double Slope(string column, int stage)
    {
        var values = Columns.First(c => c.Name == column).Values;
        int[] rows = [.. RowsOf(stage)];
        return rows.Length < 2 ? double.NaN : LinearFit.Of(Array.ConvertAll(rows, i => X[i]), Array.ConvertAll(rows, i => values[i])).Slope;
    }

    private AnalysisCurve Curve(ReportColumn column)
    {
        var kept = Enumerable.Range(0, X.Length).Where(i => double.IsFinite(column.Values[i])).ToArray();
        return new(column.Name, [.. kept.Select(i => X[i])], [.. kept.Select(i => column.Values[i])]);
    }
}
