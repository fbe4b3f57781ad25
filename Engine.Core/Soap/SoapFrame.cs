namespace Engine.Core.Soap;

/// <summary>Descriptors of a frame.</summary>
/// <param name="Centres">Particles they belong to.</param>
/// <param name="Values">[centre, component].</param>
/// <param name="Gradients">Their derivatives, by centre; null where not asked for.</param>
public sealed record SoapFrame(int[] Centres, double[,] Values, SoapGradient[]? Gradients);

/// <summary>Derivatives of one descriptor with respect to the particles that it depends on.</summary>
/// <param name="Particles">The particles; each image of one is on its own, and the centre is the last.</param>
/// <param name="Rows">[3 · particle + axis, component] [1/length].</param>
public sealed record SoapGradient(int[] Particles, double[,] Rows);
