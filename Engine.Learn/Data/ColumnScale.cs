namespace Engine.Learn.Data;

/// <summary>What a column is scaled by: (x − mean)/deviation.</summary>
/// <param name="Mean">Taken away.</param>
/// <param name="Deviation">Divided by; 1 of a column that is constant.</param>
public readonly record struct ColumnScale(double Mean, double Deviation)
{
    /// <summary>Mean and standard deviation (of the samples themselves, divisor N) of each column.</summary>
    public static ColumnScale[] Of(double[,] values)
    {
        var (rows, columns) = (values.GetLength(0), values.GetLength(1));
        var scales = new ColumnScale[columns];
        for (var j = 0; j < columns; j++)
        {
            var (sum, squares) = (0.0, 0.0);
            for (var i = 0; i < rows; i++)
            {
                sum += values[i, j];
            }
            var mean = sum / rows;
            for (var i = 0; i < rows; i++)
            {
                squares += (values[i, j] - mean) * (values[i, j] - mean);
            }
            // A column of equal numbers is left with what rounding its mean leaves.
            var deviation = Math.Sqrt(squares / rows);
            scales[j] = new(mean, deviation > 1e-12 * Math.Abs(mean) ? deviation : 1);
        }
        return scales;
    }

    /// <summary>What a normalisation scales by; null: nothing.</summary>
    /// <param name="normalisation">Which.</param>
    /// <param name="training">Values of the samples to learn.</param>
    /// <param name="all">Values of all samples.</param>
    public static ColumnScale[]? Of(Normalisation normalisation, double[,] training, double[,] all) => normalisation switch
    {
        Normalisation.ZScore => Of(training),
        Normalisation.ZScoreAll => Of(all),
        _ => null,
    };

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
