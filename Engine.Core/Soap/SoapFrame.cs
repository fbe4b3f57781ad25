namespace Engine.Core.Soap;

/// <summary>Descriptors of a frame.</summary>
/// <param name="Centres">Particles they belong to.</param>
/// <param name="Values">[centre, component].</param>
/// <param name="Gradients">Their derivatives, by centre; null where not asked for.</param>
public sealed record SoapFrame(int[] Centres, double[,] Values, SoapGradient[]? Gradients);
