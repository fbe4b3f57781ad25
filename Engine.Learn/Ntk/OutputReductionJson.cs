using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Learn.Ntk;

/// <summary>A reduction as the text that <see cref="OutputReduction.Parse"/> reads.</summary>
internal sealed class OutputReductionJson : JsonConverter<OutputReduction>
{
    public override OutputReduction Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        OutputReduction.Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : JsonElement.ParseValue(ref reader).GetRawText());

    public override void Write(Utf8JsonWriter writer, OutputReduction value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
