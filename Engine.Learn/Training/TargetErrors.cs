namespace Engine.Learn.Training;

/// <summary>How far predictions of one target are off, in its unit.</summary>
/// <param name="Name">The target.</param>
/// <param name="MeanAbsolute">Mean of |a − b|.</param>
/// <param name="RootMeanSquare">√ of the mean of (a − b)².</param>
/// <param name="R2">Coefficient of determination 1 − Σ (a − b)²/Σ (b − b̄)²: 1 is perfect, 0 as good as the mean; NaN where all targets are the same.</param>
public readonly record struct TargetErrors(string Name, double MeanAbsolute, double RootMeanSquare, double R2)
{
    internal static TargetErrors Of(string name, double[] given, double[] wanted)
    {
        var mean = wanted.Average();
        var squares = given.Zip(wanted).Sum(pair => (pair.First - pair.Second) * (pair.First - pair.Second));
        var spread = wanted.Sum(b => (b - mean) * (b - mean));
        return new(name, given.Zip(wanted).Average(pair => Math.Abs(pair.First - pair.Second)), Math.Sqrt(squares / wanted.Length), spread > 0 ? 1 - squares / spread : double.NaN);
    }
}
