using System.Text.Json.Nodes;

namespace Engine.Cli.Runs;

/// <summary>What a run is a run of.</summary>
/// <param name="Title">For people; may be empty.</param>
/// <param name="Document">The input with every default spelled out.</param>
/// <param name="Hash">Content hash of it: equal hashes promise equal results on one kind of device.</param>
/// <param name="File">Where it came from.</param>
/// <param name="Folder">Where its relative paths start.</param>
/// <param name="Files">SHA-256 of every file that was read, by path.</param>
internal sealed record RunIdentity(string Title, JsonNode Document, string Hash, string File, string Folder, IReadOnlyDictionary<string, string> Files);
