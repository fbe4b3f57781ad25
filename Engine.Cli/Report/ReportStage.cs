namespace Engine.Cli.Report;

/// <summary>A row of the stage table; the columns are the union of what the stages state, in order of appearance.</summary>
/// <param name="Name">Name of the stage.</param>
/// <param name="Facts">Column and text: ("ensemble", "NPT"), ("steps", "20 000"), ("mean temperature", "3601 K").</param>
internal sealed record ReportStage(string Name, IReadOnlyList<KeyValuePair<string, string>> Facts);
