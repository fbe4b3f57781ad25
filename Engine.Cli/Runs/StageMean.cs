using System.Globalization;
using Engine.Cli.Report;
using Engine.Core.Analysis;
using Engine.Core.Input;

namespace Engine.Cli.Runs;

/// <summary>Mean of a column of the thermodynamic table over a stage of dynamics.</summary>
/// <param name="Stage">Index of the stage.</param>
/// <param name="Quantity">"temperature".</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Mean">Mean over the rows of the stage.</param>
/// <param name="Error">
/// Standard error by blocking (<see cref="BlockingEstimate"/>); null where a target changes during the stage, or there are too few rows.
/// </param>
/// <param name="Converged">Whether blocking found a plateau; false: the error is a lower bound.</param>
internal sealed record StageMean(int Stage, string Quantity, string Unit, double Mean, double? Error, bool Converged)
{
    /// <summary>"0.722 ± 0.003"; "0.722 ± 0.003 or more" where that is a lower bound.</summary>
    public string Text
    {
        get
        {
            if (Error is not { } error)
            {
                return Mean.ToString("G5", CultureInfo.InvariantCulture);
            }
            // Two digits of the error, and the mean to the same place.
            var places = (int)Math.Clamp(1 - Math.Floor(Math.Log10(error)), 0, 12);
            string Fixed(double value) => value.ToString($"F{places}", CultureInfo.InvariantCulture);
            return $"{Fixed(Mean)} ± {Fixed(error)}{(Converged ? "" : " or more")}";
        }
    }

    /// <summary>All stages and columns but the target temperature.</summary>
    public static IReadOnlyList<StageMean> Of(RunInput input, ReportTimeSeries series) =>
    [
        .. from stage in Enumerable.Range(0, input.Stages.Length)
           where input.Stages[stage].Minimise is null
           from column in series.Columns
           where column.Name != "target"
           let values = Enumerable.Range(0, series.X.Length).Where(i => series.Stages[i] == stage).Select(i => column.Values[i]).Where(double.IsFinite).ToArray()
           where values.Length > 0
           let estimate = BlockingEstimate.Of(values)
           let steady = input.Stages[stage] is { Temperature: null or ConstantSchedule, Pressure: null or ConstantSchedule }
           select new StageMean(
               stage, char.ToLowerInvariant(column.Panel[0]) + column.Panel[1..], column.Unit, estimate.Mean, steady && estimate.Error > 1e-12 * Math.Abs(estimate.Mean) ? estimate.Error : null, estimate.Converged),
    ];
}
