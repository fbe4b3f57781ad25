using System.Text.Json.Serialization;
using Engine.Kernels.Errors;

namespace Engine.Learn.Networks;

/// <summary>"numbers": vectors, or images [channels, height, width], or sequences of vectors [positions, width].</summary>
public sealed record NumbersInput : InputDefinition
{
    /// <summary>Of one sample.</summary>
    [JsonPropertyName("shape")]
    public required IReadOnlyList<int> Sizes { get; init; }

    internal override Shape Shape => Sizes.Count > 0
        ? new(Domain.Samples, [.. Sizes.Select(size => Positive("shape", size))])
        : throw new InputException("network, input: shape is empty, expected the sizes of one sample");
}
