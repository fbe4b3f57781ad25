namespace Engine.Cli.Report;

/// <summary>One sampled quantity.</summary>
/// <param name="Panel">Title of the plot that it is drawn in, "Temperature".</param>
/// <param name="Name">Legend entry, "temperature" or "target".</param>
/// <param name="Unit">Its unit, empty when it has none; one per panel.</param>
/// <param name="Values">One per sampling point, NaN where there is none.</param>
internal sealed record ReportColumn(string Panel, string Name, string Unit, double[] Values);
