using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>"confinedParticles": points in a cubic box from 0 to its length, evenly at random. No targets: for what learns from another network, or only looks.</summary>
public sealed record ConfinedParticlesData : GeneratedData
{
    /// <summary>Points in all.</summary>
    public int Count { get; init; } = 100;

    public int Dimension { get; init; } = 2;

    public double BoxLength { get; init; } = 1;

    internal override TablePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false)
    {
        AtLeast("count", Count, 1);
        AtLeast("dimension", Dimension, 1);
        AtLeast("boxLength", BoxLength, double.Epsilon);
        CountOf((double)Count * Dimension, "count times dimension");
        var points = new double[Count, Dimension];
        for (var i = 0; i < Count; i++)
        {
            var random = Numbers(i);
            for (var axis = 0; axis < Dimension; axis++)
            {
                points[i, axis] = BoxLength * random.NextUniform();
            }
        }
        return new(points, AxisNames(Dimension));
    }
}
