using System.Text.Json.Nodes;
using Engine.Core.Json;
using Xunit;

namespace Engine.Tests.Core.Json;

public class JsonDifferenceTests
{
    [Fact]
    public void EveryDifferenceHasItsPath()
    {
        var before = JsonNode.Parse("""{ "same": [1, { "x": 1.50 }], "list": [{ "a": 1 }, { "a": 2 }], "shorter": [1, 2], "gone": true, "kind": { "type": "one" } }""");
        var now = JsonNode.Parse("""{ "kind": { "type": "two", "more": "µ" }, "same": [1, { "x": 1.5 }], "list": [{ "a": 1 }, { "a": 3 }], "shorter": [1] }""");
        Assert.Equal(
            ["in.kind.type is \"two\" and was \"one\"", "in.kind.more is \"µ\" and was not given", "in.list[1].a is 3 and was 2", "in.shorter is [1] and was [1,2]", "in.gone is not given and was true"],
            JsonDifference.Between(before, now, "in").Select(d => $"{d}"));
        Assert.Empty(JsonDifference.Between(before, before!.DeepClone()));
        var lengthy = Assert.Single(JsonDifference.Between(JsonNode.Parse("{}"), JsonNode.Parse($$"""{ "a": "{{new string('x', 99)}}" }"""))).ToString();
        Assert.Equal($"a is \"{new string('x', 56)}... and was not given", lengthy);
    }
}
