using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Points in the unit square, evenly at random, on one side or the other of a boundary: classes 0 and 1.</summary>
public abstract record PlaneData : GeneratedData
{
    /// <summary>Points in all.</summary>
    public int Count { get; init; } = 200;

    /// <summary>Names of the two classes.</summary>
    private protected abstract string[] Classes { get; }

    /// <summary>Whether a point is of class 1.</summary>
    private protected abstract bool IsBeyond(double x, double y);

    internal override TablePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        AtLeast("count", Count, 1);
        CountOf(2.0 * Count, "count times 2");
        var (points, classes) = (new double[Count, 2], new int[Count]);
        for (var i = 0; i < Count; i++)
        {
            var random = Numbers(i);
            (points[i, 0], points[i, 1]) = (random.NextUniform(), random.NextUniform());
            classes[i] = IsBeyond(points[i, 0], points[i, 1]) ? 1 : 0;
        }
        return new(points, ["x", "y"], PoolTargets.Of(classes, Classes));
    }
}
