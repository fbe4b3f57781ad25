using System.Globalization;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>"pointsOnCircle": points on circles about the origin at random angles; the circle is the class.</summary>
public sealed record PointsOnCircleData : GeneratedData
{
    /// <summary>Radii of the circles.</summary>
    public IReadOnlyList<double> Radii { get; init; } = [1];

    /// <summary>Points on each.</summary>
    public int PointsPerCircle { get; init; } = 100;

    /// <summary>Standard deviation of the distance from the origin.</summary>
    public double Noise { get; init; }

    internal override TablePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        AtLeast("pointsPerCircle", PointsPerCircle, 1);
        AtLeast("noise", Noise, 0);
        if (Radii.Count == 0 || Radii.Any(r => !(r > 0)))
        {
            throw new InputException(FormattableString.Invariant($"data: radii are {string.Join(", ", Radii)}, expected one or more positive numbers"));
        }
        var count = CountOf((double)Radii.Count * PointsPerCircle, "radii times pointsPerCircle");
        var (points, classes) = (new double[count, 2], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var random = Numbers(i);
            classes[i] = i / PointsPerCircle;
            var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextUniform());
            var radius = Radii[classes[i]] + Noise * random.NextNormal();
            (points[i, 0], points[i, 1]) = (radius * cosine, radius * sine);
        }
        return new(points, ["x", "y"], PoolTargets.Of(classes, [.. Radii.Select(r => r.ToString(CultureInfo.InvariantCulture))]));
    }
}
