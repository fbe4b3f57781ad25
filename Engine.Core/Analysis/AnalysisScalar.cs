namespace Engine.Core.Analysis;

/// <summary>One number that an analysis found.</summary>
/// <param name="Name">What it is, "first peak Hf-O".</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit, empty when it has none.</param>
/// <param name="Error">One standard error, or null where none was estimated.</param>
public sealed record AnalysisScalar(string Name, double Value, string Unit, double? Error = null);
