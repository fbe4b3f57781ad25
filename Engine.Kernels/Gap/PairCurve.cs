namespace Engine.Kernels.Gap;

/// <summary>Energy of a pair of two species by its distance.</summary>
/// <param name="Energy">u(r) [energy].</param>
/// <param name="Points">Ascending distances, two at least, so near each other that u is a polynomial of degree 7 between neighbouring ones to all digits that matter. Before the first u goes on as a straight line, from the last on it is 0.</param>
public sealed record PairCurve(Func<double, double> Energy, double[] Points);
