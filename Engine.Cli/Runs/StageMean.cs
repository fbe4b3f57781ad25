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
internal sealed record StageMean(int Stage, string Quantity, string Unit, int Rows, double Mean, double? Error, bool Converged)
{
    /// <summary>Places after the point that are read at a glance.</summary>
    private const int MostPlaces = 8;

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
            if (places is >= 0 and <= MostPlaces)
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
           let values = Enumerable.Range(0, series.X.Length).Where(i => series.Stages[i] == stage && series.X[i] > 0).Select(i => column.Values[i]).Where(double.IsFinite).ToArray()
           where values.Length > 1
           let estimate = BlockingEstimate.Of(values)
           let steady = input.Stages[stage] is { Temperature: null or ConstantSchedule, Pressure: null or ConstantSchedule }
           select new StageMean(
               stage, char.ToLowerInvariant(column.Panel[0]) + column.Panel[1..], column.Unit, values.Length, estimate.Mean,
               steady && estimate.Error > 1e-12 * Math.Abs(estimate.Mean) ? estimate.Error : null, estimate.Converged),
    ];

    private static int Exponent(double value) => (int)Math.Floor(Math.Log10(value));

    private static string Fixed(double value, int places) => value.ToString($"F{Math.Clamp(places, 0, 15)}", CultureInfo.InvariantCulture);
}
