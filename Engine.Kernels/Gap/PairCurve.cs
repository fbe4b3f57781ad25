namespace Engine.Kernels.Gap;

/// <summary>Energy of a pair of two species by its distance.</summary>
/// <param name="Energy">u(r) [energy], smooth between neighbouring breakpoints.</param>
/// <param name="Breakpoints">Ascending distances; from the last on u is 0.</param>
public sealed record PairCurve(Func<double, double> Energy, double[] Breakpoints);
