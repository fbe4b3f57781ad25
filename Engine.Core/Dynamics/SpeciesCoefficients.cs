using Engine.Core.Particles;

namespace Engine.Core.Dynamics;

/// <summary>One number for each species, kept between steps so that nothing is allocated.</summary>
internal sealed class SpeciesCoefficients
{
    private double[] values = [];

    public ReadOnlySpan<double> Values => values;

    /// <summary>factor · (1/m)^½ or factor · 1/m.</summary>
    public void Set(ParticleSystem system, double factor, bool squareRoot = false)
    {
        Fit(system);
        for (var s = 0; s < values.Length; s++)
        {
            var a = system.AccelerationPerForce[s];
            values[s] = factor * (squareRoot ? Math.Sqrt(a) : a);
        }
    }

    /// <summary>Masses in energy units; 0 for a species without particles, whose mass may be unknown.</summary>
    public void SetMasses(ParticleSystem system)
    {
        Fit(system);
        for (var s = 0; s < values.Length; s++)
        {
            var a = system.AccelerationPerForce[s];
            values[s] = a > 0 ? 1 / a : 0;
        }
    }

    private void Fit(ParticleSystem system)
    {
        if (values.Length != system.AccelerationPerForce.Length)
        {
            values = new double[system.AccelerationPerForce.Length];
        }
    }
}
