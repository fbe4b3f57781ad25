using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Core.Json;

namespace Engine.Core.Input;

/// <summary>
/// A value that may change during a stage. JSON: a number; {"from","to"} with an optional "rate"; {"points": [[time, value], …]};
/// {"cycle": {"low","high","period"}}.
/// </summary>
[JsonConverter(typeof(Converter))]
public abstract record Schedule : IShapedJson
{
    public static string Expected => "a number or quantity, {\"from\",\"to\"[,\"rate\"]}, {\"points\": [[time, value], …]} or {\"cycle\": {\"low\",\"high\",\"period\"}}";

    /// <summary>The smallest value it ever takes.</summary>
    public abstract double Minimum { get; }

    public static implicit operator Schedule(double value) => new ConstantSchedule(value);

    /// <summary>The value at a time since the start of the stage; <paramref name="duration"/> is the length of the stage.</summary>
    public abstract double At(double time, double duration);

    public static Type? ShapeOf(JsonNode node) => node switch
    {
        JsonObject obj when obj.ContainsKey("points") => typeof(PointsSchedule),
        JsonObject obj when obj.ContainsKey("cycle") => typeof(CycleSchedule),
        JsonObject => typeof(RampSchedule),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.String => typeof(double),
        _ => null,
    };

    private sealed class Converter : JsonConverter<Schedule>
    {
        public override Schedule? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var node = JsonNode.Parse(ref reader)!;
            var shape = ShapeOf(node) ?? throw new JsonException($"expected {Expected}");
            return shape == typeof(double) ? new ConstantSchedule(node.GetValue<double>()) : (Schedule?)node.Deserialize(shape, options);
        }

        public override void Write(Utf8JsonWriter writer, Schedule value, JsonSerializerOptions options)
        {
            if (value is ConstantSchedule constant)
            {
                writer.WriteNumberValue(constant.Value);
            }
            else
            {
                JsonSerializer.Serialize(writer, value, value.GetType(), options);
            }
        }
    }
}
