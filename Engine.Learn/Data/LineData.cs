namespace Engine.Learn.Data;

/// <summary>"line": points in the unit square, of class 1 above the line y = slope · x + intercept.</summary>
public sealed record LineData : PlaneData
{
    public double Slope { get; init; } = 1;

    public double Intercept { get; init; }

    private protected override string[] Classes => ["below", "above"];

    private protected override bool IsBeyond(double x, double y) => y > Slope * x + Intercept;
}
