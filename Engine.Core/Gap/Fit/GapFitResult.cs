using System.Text.Json.Nodes;

namespace Engine.Core.Gap.Fit;

/// <summary>A fitted potential.</summary>
/// <param name="Model">The potential; its label has the hash of its record and weights.</param>
/// <param name="Record">How it came about: settings, data, sparse points, versions.</param>
public sealed record GapFitResult(GapModel Model, JsonObject Record);
