using System.Text.Json.Nodes;

namespace Engine.Core.Json;

/// <summary>
/// A type whose JSON has several shapes told apart by their keys rather than by a discriminator (a schedule: a number, {"from","to"},
/// {"points"}, …). The shape found decides which record the keys are checked against.
/// </summary>
public interface IShapedJson
{
    /// <summary>
    /// The record type that describes <paramref name="node"/>, typeof(double) for a plain number or quantity, null when no shape fits.
    /// </summary>
    static abstract Type? ShapeOf(JsonNode node);

    /// <summary>What is expected, for messages: "a number, {\"from\",\"to\"} or …".</summary>
    static abstract string Expected { get; }
}
