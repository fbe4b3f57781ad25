using Engine.Kernels.Geometry;

namespace Engine.Core.Observables;

/// <summary>Weights that make the centre of mass of all particles; particles count alike where some species has no mass.</summary>
internal sealed class CentreOfMass
{
    private readonly double[] weight;

    public CentreOfMass(SpeciesCensus census)
    {
        var masses = census.Masses.All(m => m > 0);
        weight = new double[census.Total];
        var sum = 0.0;
        for (var i = 0; i < weight.Length; i++)
        {
            weight[i] = masses ? census.Masses[census.Dense[i]] : 1;
            sum += weight[i];
        }
        for (var i = 0; i < weight.Length; i++)
        {
            weight[i] /= sum;
        }
    }

    /// <summary>Σ m v / Σ m of vectors [N, 3].</summary>
    public Vector3d Of(ReadOnlySpan<double> vectors)
    {
        double x = 0, y = 0, z = 0;
        for (var i = 0; i < weight.Length; i++)
        {
            x += weight[i] * vectors[3 * i];
            y += weight[i] * vectors[3 * i + 1];
            z += weight[i] * vectors[3 * i + 2];
        }
        return new(x, y, z);
    }

    /// <summary>The vectors [N, 3] as floats, less the motion of the centre where that is wanted.</summary>
    public float[] Stored(double[] vectors, bool removeDrift)
    {
        var drift = removeDrift ? Of(vectors) : Vector3d.Zero;
        var stored = new float[vectors.Length];
        for (var i = 0; i < vectors.Length; i += 3)
        {
            stored[i] = (float)(vectors[i] - drift.X);
            stored[i + 1] = (float)(vectors[i + 1] - drift.Y);
            stored[i + 2] = (float)(vectors[i + 2] - drift.Z);
        }
        return stored;
    }
}
