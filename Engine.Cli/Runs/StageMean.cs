using System.Globalization;
using Engine.Cli.Report;
using Engine.Core.Analysis;
using Engine.Core.Input;

namespace Engine.Cli.Runs;

/// <summary>Mean of a column of the thermodynamic table over a stage of dynamics; the start of the run is no part of its first stage.</summary>
/// <param name="Stage">Index of the stage.</param>
/// <param name="Quantity">"temperature".</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Rows">Rows of the stage that it is the mean of, at least two.</param>
/// <param name="Mean">Mean over the rows of the stage.</param>
/// <param name="Error">Standard error by blocking (<see cref="BlockingEstimate"/>); null where a target changes during the stage, or all rows are equal.</param>
/// <param name="Converged">Whether blocking found a plateau; false: the error is a lower bound.</param>
/// <param name="Trend">Means of the first and the last eighth of the stage where those of its eighths rise or fall one after the other and no target changes; else null.</param>
internal sealed record StageMean(
    int Stage, string Quantity, string Unit, int Rows, double Mean, double? Error, bool Converged, (double From, double To)? Trend = null)
{
    /// <summary>Parts of a stage among which a trend is looked for: eight independent numbers are in order once in 20 000 times.</summary>
    private const int Parts = 8;

    /// <summary>Places after the point, and zeros before it, that are read at a glance.</summary>
    private const int MostPlaces = 8;
    private const int FewestPlaces = 3;

    /// <summary>"temperature [K]".</summary>
    public string Name => $"{Quantity} [{Unit}]";

    /// <summary>"0.722 ± 0.003", "(2.450 ± 0.015)e-21" where there would be many zeros; "0.722 ± 0.003 or more" where that is a lower bound.</summary>
    public string Text
    {
        get
        {
            if (Error is not { } error)
            {
                return Mean.ToString("G5", CultureInfo.InvariantCulture);
            }
            // Two digits of the error, and the mean to the same place.
            var places = 1 - Exponent(error);
            var bound = Converged ? "" : " or more";
            if (places is >= -FewestPlaces and <= MostPlaces)
            {
                return $"{Fixed(Mean, places)} ± {Fixed(error, places)}{bound}";
            }
            var exponent = Exponent(Math.Max(Math.Abs(Mean), error));
            var (scale, digits) = (Math.Pow(10, exponent), exponent + places);
            return $"({Fixed(Mean / scale, digits)} ± {Fixed(error / scale, digits)})e{exponent}{bound}";
        }
    }

    /// <summary>All stages with two rows or more, and all columns but the target temperature.</summary>
    public static IReadOnlyList<StageMean> Of(RunInput input, ReportTimeSeries series) =>
    [
        .. from stage in Enumerable.Range(0, input.Stages.Length)
           where input.Stages[stage].Minimise is null
           from column in series.Columns
           where column.Name != "target"
           let values = series.RowsOf(stage).Where(i => series.X[i] > 0).Select(i => column.Values[i]).Where(double.IsFinite).ToArray()
           where values.Length > 1
           let estimate = BlockingEstimate.Of(values)
           let steady = input.Stages[stage] is { Temperature: null or ConstantSchedule, Pressure: null or ConstantSchedule }
           select new StageMean(
               stage, char.ToLowerInvariant(column.Panel[0]) + column.Panel[1..], column.Unit, values.Length, estimate.Mean,
               steady && estimate.Error > 1e-12 * Math.Abs(estimate.Mean) ? estimate.Error : null, estimate.Converged, steady ? TrendOf(values) : null),
    ];

    private static (double From, double To)? TrendOf(double[] values)
    {
        if (values.Length < 2 * Parts)
        {
            return null;
        }
        double[] parts = [.. Enumerable.Range(0, Parts).Select(k => values[(k * values.Length / Parts)..((k + 1) * values.Length / Parts)].Average())];
        var steps = parts.Zip(parts.Skip(1), (a, b) => Math.Sign(b - a)).Distinct().ToArray();
        return steps is [not 0] ? (parts[0], parts[^1]) : null;
    }

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(value));

    private static string Fixed(double value, int places)
    {
        var unit = Math.Pow(10, Math.Max(0, -places));
        return (places < 0 ? unit * Math.Round(value / unit) : value).ToString($"F{Math.Clamp(places, 0, 15)}", CultureInfo.InvariantCulture);
    }
}
