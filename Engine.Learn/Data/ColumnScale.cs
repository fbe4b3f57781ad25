using Engine.Kernels.Errors;

namespace Engine.Learn.Data;

/// <summary>What a column is scaled by: (x − mean)/deviation.</summary>
/// <param name="Mean">Taken away.</param>
/// <param name="Deviation">Divided by; 1 of a column that is constant.</param>
public readonly record struct ColumnScale(double Mean, double Deviation)
{
    /// <summary>Mean and standard deviation (of the samples themselves, divisor N) of each column.</summary>
    public static ColumnScale[] Of(double[,] values) => [.. Enumerable.Range(0, values.GetLength(1)).Select(j =>
    {
        double[] column = [.. Enumerable.Range(0, values.GetLength(0)).Select(i => values[i, j])];
        return OfColumn(column) ?? new(column.Average(), 1);
    })];

    /// <summary>The same of one column; null where its numbers are equal.</summary>
    internal static ColumnScale? OfColumn(double[] column)
    {
        var mean = column.Average();
        var deviation = Math.Sqrt(column.Sum(x => (x - mean) * (x - mean)) / column.Length);
        // A column of equal numbers is left with what rounding its mean leaves.
        return deviation > 1e-12 * Math.Abs(mean) ? new(mean, deviation) : null;
    }

    /// <summary>What a normalisation scales by; null: nothing.</summary>
    /// <param name="normalisation">Which.</param>
    /// <param name="training">Values of the samples to learn.</param>
    /// <param name="all">Values of all samples.</param>
    /// <param name="names">Of the columns.</param>
    /// <param name="key">Of the data that says which normalisation.</param>
    /// <exception cref="InputException">Numbers of a column are too large to have a deviation.</exception>
    public static ColumnScale[]? Of(Normalisation normalisation, double[,] training, double[,] all, IReadOnlyList<string> names, string key)
    {
        var scales = normalisation switch
        {
            Normalisation.ZScore => Of(training),
            Normalisation.ZScoreAll => Of(all),
            _ => null,
        };
        var wrong = scales is null ? -1 : Array.FindIndex(scales, s => !double.IsFinite(s.Mean) || !double.IsFinite(s.Deviation));
        return wrong < 0 ? scales : throw new InputException($"data: numbers of {names[wrong]} are too large to be scaled; divide them, or let {key} be \"none\"");
    }

    /// <summary>Scales each column.</summary>
    public static double[,] Apply(IReadOnlyList<ColumnScale> scales, double[,] values) => Map(values, (x, j) => (x - scales[j].Mean) / scales[j].Deviation);

    /// <summary>Brings each column back to its unit.</summary>
    public static double[,] Undo(IReadOnlyList<ColumnScale> scales, double[,] values) => Map(values, (x, j) => x * scales[j].Deviation + scales[j].Mean);

    private static double[,] Map(double[,] values, Func<double, int, double> map)
    {
        var mapped = new double[values.GetLength(0), values.GetLength(1)];
        for (var i = 0; i < mapped.GetLength(0); i++)
        {
            for (var j = 0; j < mapped.GetLength(1); j++)
            {
                mapped[i, j] = map(values[i, j], j);
            }
        }
        return mapped;
    }
}
