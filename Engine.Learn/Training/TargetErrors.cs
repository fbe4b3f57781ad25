using Engine.Learn.Data;

namespace Engine.Learn.Training;

/// <summary>How far predictions of one target are off, in its unit, where it is known.</summary>
/// <param name="Name">The target.</param>
/// <param name="Samples">Whose target is known.</param>
/// <param name="MeanAbsolute">Mean of |a − b|; NaN where no target is known.</param>
/// <param name="RootMeanSquare">√ of the mean of (a − b)².</param>
/// <param name="R2">Coefficient of determination 1 − Σ (a − b)²/Σ (b − b̄)²: 1 is perfect, 0 as good as the mean; NaN where all targets are the same.</param>
public readonly record struct TargetErrors(string Name, int Samples, double MeanAbsolute, double RootMeanSquare, double R2)
{
    /// <param name="name">The target.</param>
    /// <param name="given">Predictions.</param>
    /// <param name="wanted">What they should be; NaN where nobody knows.</param>
    internal static TargetErrors Of(string name, double[] given, double[] wanted)
    {
        var pairs = given.Zip(wanted).Where(pair => !double.IsNaN(pair.Second)).ToArray();
        if (pairs.Length == 0)
        {
            return new(name, 0, double.NaN, double.NaN, double.NaN);
        }
        var scale = ColumnScale.OfColumn([.. pairs.Select(p => p.Second)]);
        var squares = pairs.Average(pair => (pair.First - pair.Second) * (pair.First - pair.Second));
        return new(
            name, pairs.Length, pairs.Average(pair => Math.Abs(pair.First - pair.Second)), Math.Sqrt(squares), scale is { } known ? 1 - squares / (known.Deviation * known.Deviation) : double.NaN);
    }
}
