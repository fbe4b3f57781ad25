namespace Engine.Core.Analysis;

/// <summary>One line of a plot, or a cloud of points.</summary>
/// <param name="Name">Legend entry, "Hf-O".</param>
/// <param name="X">Abscissae, in the unit of the plot.</param>
/// <param name="Y">Ordinates, as many.</param>
/// <param name="Error">One standard error of each ordinate, or null where none was estimated.</param>
public sealed record AnalysisCurve(string Name, double[] X, double[] Y, double[]? Error = null)
{
    /// <summary>Whether its points are drawn as points, in no order, instead of a line through them.</summary>
    public bool Scatter { get; init; }
}
