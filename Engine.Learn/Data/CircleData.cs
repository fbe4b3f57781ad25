namespace Engine.Learn.Data;

/// <summary>"circle": points in the unit square, of class 1 inside a circle about its middle.</summary>
public sealed record CircleData : PlaneData
{
    public double Radius { get; init; } = 0.25;

    private protected override string[] Classes => ["outside", "inside"];

    private protected override bool IsBeyond(double x, double y) => (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) < Radius * Radius;
}
