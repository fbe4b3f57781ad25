namespace Engine.Core.Analysis;

/// <summary>A quantity sampled along a run: temperature, pressure, an energy.</summary>
/// <param name="Name">What it is, "pressure".</param>
/// <param name="Unit">Its unit, empty when it has none.</param>
/// <param name="Values">One per sample.</param>
public sealed record TimeSeries(string Name, string Unit, double[] Values);
