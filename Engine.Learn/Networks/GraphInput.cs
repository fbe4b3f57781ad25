using System.Text.Json.Serialization;

namespace Engine.Learn.Networks;

/// <summary>"graph": nodes with features, and directed edges between them.</summary>
public sealed record GraphInput : InputDefinition
{
    public required int NodeFeatures { get; init; }

    [JsonPropertyName("edgeFeatures")]
    public int FeaturesOfEdges { get; init; }

    internal override Shape Shape => new(Domain.Nodes, [Positive("nodeFeatures", NodeFeatures)]);

    internal override int EdgeFeatures => FeaturesOfEdges;
}
