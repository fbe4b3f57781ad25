using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Networks.Layers;

namespace Engine.Learn.Networks;

/// <summary>A network as a record: what it is given, its layers, and how its parameters start.</summary>
public sealed record NetworkDefinition
{
    public string Title { get; init; } = "";

    public Precision Precision { get; init; } = Precision.Float;

    public required InputDefinition Input { get; init; }

    public Initialisation Initialisation { get; init; } = new();

    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <exception cref="InputException">The file cannot be read or is not understood.</exception>
    public static NetworkDefinition ReadFile(string path) => StrictJson.ReadFile<NetworkDefinition>(path);
}
