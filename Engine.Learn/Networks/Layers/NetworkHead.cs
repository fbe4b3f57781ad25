namespace Engine.Learn.Networks.Layers;

/// <summary>One of the outputs of a network with several.</summary>
/// <param name="Name">Of the output.</param>
/// <param name="Layers">From what all heads share to the output.</param>
public sealed record NetworkHead(string Name, IReadOnlyList<Layer> Layers);
