using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>"lattice": the points of a square lattice from 0 to a length along each axis. No targets: for what learns from another network, or only looks.</summary>
public sealed record LatticeData : GeneratedData
{
    public int Dimension { get; init; } = 2;

    public int PointsPerAxis { get; init; } = 10;

    /// <summary>Coordinate of the last point of an axis.</summary>
    public double Length { get; init; } = 1;

    internal override TablePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        AtLeast("dimension", Dimension, 1);
        AtLeast("pointsPerAxis", PointsPerAxis, 2);
        AtLeast("length", Length, double.Epsilon);
        var count = CountOf(Math.Pow(PointsPerAxis, Dimension), "pointsPerAxis to the power of dimension");
        CountOf((double)count * Dimension, "pointsPerAxis to the power of dimension times dimension");
        var points = new double[count, Dimension];
        for (var i = 0; i < count; i++)
        {
            var rest = i;
            for (var axis = Dimension - 1; axis >= 0; axis--)
            {
                points[i, axis] = Length * (rest % PointsPerAxis) / (PointsPerAxis - 1);
                rest /= PointsPerAxis;
            }
        }
        return new(points, AxisNames(Dimension));
    }
}
