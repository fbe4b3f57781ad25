using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.Core.Json;

public class StrictJsonTests
{
    public enum Colour
    {
        Red,
        DeepBlue,
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle([property: Quantity(QuantityKind.Length)] double Radius) : Shape;

    public sealed record Square : Shape
    {
        public required double Edge { get; init; }
    }

    public sealed record Sample
    {
        public string Units { get; init; } = "metal";

        public required int Count { get; init; }

        [Quantity(QuantityKind.Time)]
        public double TimeStep { get; init; } = 0.5;

        public Colour Colour { get; init; }

        public bool Flag { get; init; } = true;

        public string? Note { get; init; }

        public int[] Sizes { get; init; } = [];

        public string[] Words { get; init; } = [];

        public Shape[] Shapes { get; init; } = [];

        [Quantity(QuantityKind.Length)]
        public Dictionary<string, double> Radii { get; init; } = [];
    }

    private static Sample Read(string text) => StrictJson.Read<Sample>(text, "sample.json", UnitSystem.Metal);

    private static string Fails(string text)
    {
        var message = Assert.Throws<InputException>(() => Read(text)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void ReadsCommentsTrailingCommasAndUnits()
    {
        var sample = Read("""
            { // a comment
              "count": 3, "timeStep": "1 fs", "colour": "deepBlue",
              "shapes": [ { "radius": "0.2 nm", "type": "circle" }, { "type": "square", "edge": 1.5 }, ],
              "radii": { "Hf-O": "280 pm", "O-O": 3 },
            }
            """);
        Assert.Equal(3, sample.Count);
        Assert.Equal(0.001, sample.TimeStep);
        Assert.Equal(Colour.DeepBlue, sample.Colour);
        Assert.Equal(2.0, Assert.IsType<Circle>(sample.Shapes[0]).Radius);
        Assert.Equal(2.8, sample.Radii["Hf-O"]);
        Assert.True(sample.Flag);
    }

    [Theory]
    [InlineData("{\n\"count\": 1,\n\"timestp\": 2 }", "sample.json, line 3: timestp: unknown key \"timestp\"; did you mean \"timeStep\"?")]
    [InlineData("{ \"timeStep\": 2 }", "sample.json, line 1: the key \"count\" is missing; expected an integer")]
    [InlineData("{ \"count\": 1,\n \"count\": 2 }", "sample.json, line 2: count occurs twice, first in line 1")]
    [InlineData("{ \"count\": 1.5 }", "count: found 1.5, expected an integer")]
    [InlineData("{ \"count\": 99999999999 }", "count: found 99999999999, expected an integer")]
    [InlineData("{ \"count\": \"many\" }", "count: found the string \"many\", expected an integer")]
    [InlineData("{ \"count\": null }", "count: found null, expected an integer")]
    [InlineData("{ \"count\": 1, \"flag\": 1 }", "flag: found 1, expected true or false")]
    [InlineData("{ \"count\": 1, \"units\": null }", "units: found null, expected a string")]
    [InlineData("{ \"count\": 1, \"timeStep\": 1e999 }", "timeStep: found 1e999, which is too large")]
    [InlineData("{ \"count\": 1, \"timeStep\": NaN }", "line 1, column 27: not valid JSON")]
    [InlineData("{ \"count\": 1,\n \"note\": \"äöü€\", oops }", "line 2, column 18: not valid JSON")]
    [InlineData("{ \"count\": 1, \"timeStep\": \"1 bar\" }", "timeStep: \"1 bar\" is a pressure, expected a time, such as \"1 ps\"")]
    [InlineData("{ \"count\": 1, \"timeStep\": \"1 fss\" }", "timeStep: unknown unit \"fss\"")]
    [InlineData("{ \"count\": 1, \"timeStep\": [1] }", "timeStep: found an array, expected a number, or a string with a unit")]
    [InlineData("{ \"count\": 1, \"colour\": \"rde\" }", "colour: found \"rde\"; did you mean \"red\"? Expected one of red, deepBlue")]
    [InlineData("{ \"count\": 1, \"note\": 3.5 }", "note: found 3.5, expected a string: \"3.5\"")]
    [InlineData("{ \"count\": 1, \"words\": \"a\" }", "words: found the string \"a\", expected an array of a string: [\"a\"]")]
    [InlineData("{ \"count\": 1, \"sizes\": 2 }", "sizes: found 2, expected an array of an integer: [2]")]
    [InlineData("{ \"count\": 1, \"words\": 1 }", "words: found 1, expected an array of a string")]
    [InlineData("{ \"count\": 1, \"stages\": [] }", "; a file with \"stages\" is one of `engine run`")]
    [InlineData("{ \"count\": 1, \"colour\": 1 }", "colour: found 1, expected one of red, deepBlue")]
    [InlineData("{ \"count\": 1, \"shapes\": {} }", "shapes: found an object, expected an array of")]
    [InlineData("{ \"count\": 1, \"shapes\": [{}] }", "shapes[0]: the key \"type\" is missing")]
    [InlineData("{ \"count\": 1, \"shapes\": [{\"type\":\"cirle\"}] }", "shapes[0].type: unknown type \"cirle\"; did you mean \"circle\"?")]
    [InlineData("{ \"count\": 1, \"shapes\": [{\"type\":\"circle\"}] }", "shapes[0]: the key \"radius\" is missing in shapes[0]")]
    [InlineData("{ \"count\": 1, \"shapes\": [{\"type\":\"square\",\"edge\":1,\"radius\":2}] }", "shapes[0].radius: unknown key \"radius\"")]
    [InlineData("{ \"count\": 1, \"colour\": \"red, deepBlue\" }", "Expected one of red, deepBlue")]
    [InlineData("{ \"count\": 1, \"note\": \"\\ud800\" }", "line 1: not valid JSON")]
    [InlineData("{ \"count\": 1, \"\\udc00\": 1 }", "line 1: not valid JSON")]
    [InlineData("[]", "found an array, expected an object")]
    [InlineData("null", "null")]
    [InlineData("", "not valid JSON")]
    [InlineData("{ \"count\": 1 ", "not valid JSON")]
    public void SaysWhatIsWrong(string text, string expected) => Assert.Contains(expected, Fails(text));

    [Fact]
    public void WritesWhatItReads()
    {
        var sample = new Sample { Count = 2, TimeStep = 0.1 + 0.2, Shapes = [new Circle(1e-300), new Square { Edge = 1.0 / 3 }], Radii = new() { ["A-A"] = 1 } };
        var text = StrictJson.Write(sample);
        Assert.Equal(text, StrictJson.Write(Read(text)));
        Assert.Contains("\"flag\": true", text);
        Assert.Contains("0.30000000000000004", text);
        Assert.Throws<InputException>(() => StrictJson.Write(sample with { TimeStep = double.NaN }));
    }

    [Fact]
    public void HashIsThatOfTheContentNotOfTheText()
    {
        var a = Read("{ \"count\": 1, \"timeStep\": \"2 fs\", \"radii\": { \"a\": 1.0, \"b\": 2 } }");
        var b = Read("{ /* other order */ \"radii\": { \"b\": \"2 Angstrom\", \"a\": 1 }, \"timeStep\": 0.002, \"count\": 1 }");
        Assert.Equal(ContentHash.Of(a), ContentHash.Of(b));
        Assert.NotEqual(ContentHash.Of(a), ContentHash.Of(a with { Count = 2 }));
        // FIPS 180-2, appendix B.1.
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ContentHash.OfText("abc"));
    }

    [Fact]
    public void OverridesReachEveryValue()
    {
        var root = StrictJson.Parse("""{ "stages": [ { "name": "heat", "steps": 1 }, { "name": "quench", "ramp": { "rate": 1 } } ] }""", "x");
        StrictJson.Override(root, "stages[0].steps=500");
        StrictJson.Override(root, "stages[quench].ramp.rate=10 K/ps");
        StrictJson.Override(root, "output.trajectory.every=10");
        StrictJson.Override(root, "note={\"a\":1,\"a\":2}");
        Assert.Equal("{\"a\":1,\"a\":2}", (string)root["note"]!);
        Assert.Equal(500, (int)root["stages"]![0]!["steps"]!);
        Assert.Equal("10 K/ps", (string)root["stages"]![1]!["ramp"]!["rate"]!);
        Assert.Equal(10, (int)root["output"]!["trajectory"]!["every"]!);
    }

    [Theory]
    [InlineData("seed", "has no \"=\"")]
    [InlineData("stagse[0].steps=1", "the nearest path is stages")]
    [InlineData("stages[5].steps=1", "stages has 2 elements; the nearest path is stages[1]")]
    [InlineData("stages[quensh].steps=1", "the nearest path is stages[quench]")]
    [InlineData("stages.steps=1", "stages is an array")]
    [InlineData("seed.x=1", "seed is a single value")]
    [InlineData("seed[0]=1", "seed is not an array")]
    [InlineData("stages[0.x=1", "is not closed")]
    public void WrongOverridesNameTheNearestPath(string assignment, string expected)
    {
        var root = StrictJson.Parse("""{ "seed": 1, "stages": [ { "name": "heat" }, { "name": "quench" } ] }""", "x");
        Assert.Contains(expected, Assert.Throws<InputException>(() => StrictJson.Override(root, assignment)).Message);
    }

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("temprature", "temperature", 1)]
    [InlineData("tiem", "time", 1)]
    [InlineData("Time", "time", 0)]
    public void SpellingDistance(string a, string b, int distance) => Assert.Equal(distance, Spelling.Distance(a, b));

    [Fact]
    public void TheDocumentNamesItsUnits()
    {
        Assert.Equal(1e-15, StrictJson.Read<Sample>("""{ "timeStep": "1 fs", "count": 1, "units": "si" }""", "x").TimeStep);
        Assert.Contains("did you mean \"metal\"", Assert.Throws<InputException>(
            () => StrictJson.Read<Sample>("""{ "timeStep": "1 fs", "count": 1, "units": "metall" }""", "x")).Message);
        Assert.Contains("needs the key \"units\"", Assert.Throws<InputException>(
            () => StrictJson.Read<Sample>("""{ "timeStep": "1 fs", "count": 1 }""", "x")).Message);
    }

    [Fact]
    public void ReadsFromAParsedDocumentWithoutChangingIt()
    {
        var root = JsonNode.Parse("""{ "count": 1, "timeStep": "1 fs" }""")!;
        Assert.Equal(0.001, StrictJson.Read<Sample>(root, "inline", UnitSystem.Metal).TimeStep);
        Assert.Equal("1 fs", (string)root["timeStep"]!);
    }

    /// <summary>run.json stands for the file that its run began with: values, lines of what is wrong, and the folder of paths.</summary>
    [Fact]
    public void AManifestStandsForItsInput()
    {
        var folder = Directory.CreateTempSubdirectory("engine-test-").FullName;
        try
        {
            var file = Path.Combine(folder, "run.json");
            File.WriteAllText(file, """
                { "state": "done", "inputHash": "ab", "inputFolder": "/there",
                  "input": {
                    "units": "si", "count": 3,
                    "timeStep": "1 fs" } }
                """);
            var sample = StrictJson.ReadFile<Sample>(file, overrides: ["note=x"]);
            Assert.Equal((3, 1e-15, "x"), (sample.Count, sample.TimeStep, sample.Note));
            Assert.Equal("/there", StrictJson.FolderOf(File.ReadAllText(file), file));
            File.WriteAllText(file, File.ReadAllText(file).Replace("\"count\": 3", "\"count\": true", StringComparison.Ordinal));
            Assert.Contains("run.json, line 3: count", Assert.Throws<InputException>(() => StrictJson.ReadFile<Sample>(file)).Message, StringComparison.Ordinal);

            File.WriteAllText(file, """{ "count": 3 }""");
            Assert.Equal(folder, StrictJson.FolderOf(File.ReadAllText(file), file));
            // Those of before have the file alone.
            Assert.Equal("/here", StrictJson.FolderOf("""{ "inputHash": "ab", "inputFile": "/here/in.json", "inputFolder": 5, "input": {} }""", file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
