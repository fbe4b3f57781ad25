namespace Engine.Core.Soap;

/// <summary>Derivatives of one descriptor with respect to the particles that it depends on.</summary>
/// <param name="Particles">The particles; each image of one is on its own, and the centre is the last.</param>
/// <param name="Rows">[3 · particle + axis, component] [1/length].</param>
public sealed record SoapGradient(int[] Particles, double[,] Rows);
