namespace Engine.Core.Analysis;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Legend entry, "Hf-O".</param>
/// <param name="X">Abscissae, in the unit of the plot.</param>
/// <param name="Y">Ordinates, as many.</param>
/// <param name="Error">One standard error of each ordinate, or null where none was estimated.</param>
public sealed record AnalysisCurve(string Name, double[] X, double[] Y, double[]? Error = null);
