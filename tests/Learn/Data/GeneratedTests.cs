using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Tests.Learn.Networks;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Samples that are drawn: that they are what they are said to be, and learnt from.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class GeneratedTests
{
    [Fact]
    public void PointsAreInsideWhereTheirClassSaysSo()
    {
        var circle = Table("""{"type":"circle","count":4000,"trainFraction":1}""");
        var inside = Enumerable.Range(0, 4000).Count(i => Check(i, circle, Math.Pow(circle.Features[i, 0] - 0.5, 2) + Math.Pow(circle.Features[i, 1] - 0.5, 2) < 0.0625));
        // π/16 of the square: binomial with a deviation of √(4000 · 0.196 · 0.804) = 25, of which four.
        Assert.InRange(inside, 4000 * Math.PI / 16 - 100, 4000 * Math.PI / 16 + 100);
        var line = Table("""{"type":"line","count":500,"slope":-2,"intercept":1.2,"trainFraction":1}""");
        Assert.InRange(Enumerable.Range(0, 500).Count(i => Check(i, line, line.Features[i, 1] > 1.2 - 2 * line.Features[i, 0])), 100, 400);

        static bool Check(int i, TablePool pool, bool expected)
        {
            Assert.Equal(expected ? 1 : 0, pool.Targets!.Classes![i]);
            Assert.InRange(pool.Features[i, 0], 0, 1);
            Assert.InRange(pool.Features[i, 1], 0, 1);
            return expected;
        }
    }

    [Fact]
    public void CirclesLatticesAndBoxes()
    {
        var circles = Table("""{"type":"pointsOnCircle","radii":[1,2.5],"pointsPerCircle":50,"trainFraction":1}""");
        Assert.Equal(["1", "2.5"], circles.Targets!.ClassNames);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(circles.Targets.Classes![i] == 0 ? 1 : 2.5, Math.Sqrt(Math.Pow(circles.Features[i, 0], 2) + Math.Pow(circles.Features[i, 1], 2)), 1e-14);
        }
        var noisy = Table("""{"type":"pointsOnCircle","radii":[10],"pointsPerCircle":2000,"noise":0.5,"trainFraction":1}""");
        double[] distances = [.. Enumerable.Range(0, 2000).Select(i => Math.Sqrt(Math.Pow(noisy.Features[i, 0], 2) + Math.Pow(noisy.Features[i, 1], 2)) - 10)];
        // A deviation from 2000 numbers has an error of 1/√4000 of it, of which four.
        Assert.InRange(Math.Sqrt(distances.Average(d => d * d)), 0.5 * (1 - 4 / Math.Sqrt(4000)), 0.5 * (1 + 4 / Math.Sqrt(4000)));
        var lattice = Table("""{"type":"lattice","dimension":3,"pointsPerAxis":4,"length":6,"trainFraction":1}""");
        Assert.Equal((64, 3), (lattice.Count, lattice.FeatureNames.Count));
        Assert.Equal(64, Enumerable.Range(0, 64).Select(i => (lattice.Features[i, 0], lattice.Features[i, 1], lattice.Features[i, 2])).Distinct().Count());
        Assert.Equal([0, 2, 4, 6], lattice.Features.Cast<double>().Distinct().Order());
        Assert.Null(lattice.Targets);
        var box = Table("""{"type":"confinedParticles","count":1000,"dimension":5,"boxLength":2,"trainFraction":1}""");
        Assert.InRange(box.Features.Cast<double>().Min(), 0, 0.01);
        Assert.InRange(box.Features.Cast<double>().Max(), 1.99, 2);
        // 5000 numbers of deviation 2/√12: their mean has a deviation of 0.008, of which four.
        Assert.Equal(1, box.Features.Cast<double>().Average(), 0.033);
    }

    [Fact]
    public void GraphsAreConnectedAndTheirTargetsAreCounted()
    {
        var (sums, rings) = (Graphs("degreeSum"), Graphs("rings"));
        var counts = new int[4];
        for (var i = 0; i < 300; i++)
        {
            var graph = sums.Graphs[i];
            var nodes = graph.Nodes.Length / 3;
            Assert.InRange(nodes, 5, 9);
            var reached = new HashSet<int> { 0 };
            for (var round = 0; round < nodes; round++)
            {
                reached.UnionWith(graph.Sources.Zip(graph.Targets).Where(e => reached.Contains(e.First)).Select(e => e.Second).ToArray());
            }
            Assert.Equal(nodes, reached.Count);
            var edges = graph.Sources.Zip(graph.Targets).ToArray();
            Assert.Equal(edges.Length, edges.Distinct().Count());
            Assert.All(edges, e => Assert.Contains((e.Second, e.First), edges));
            int[] degrees = [.. Enumerable.Range(0, nodes).Select(v => edges.Count(e => e.First == v))];
            Assert.True(degrees.Max() <= 4);
            var expected = Enumerable.Range(0, nodes).Sum(v => degrees[v] * (graph.Nodes[3 * v] + graph.Nodes[3 * v + 1] / 2 + graph.Nodes[3 * v + 2] / 3));
            Assert.Equal(expected, sums.Targets!.Numbers![i, 0], 1e-12);
            Assert.Equal(edges.Length / 2 - nodes + 1, rings.Targets!.Classes![i]);
            counts[rings.Targets.Classes[i]]++;
            Assert.Equal(2 * edges.Length, graph.Edges.Length);
            Assert.All(Enumerable.Range(0, edges.Length), k => Assert.Equal(1, graph.Edges[2 * k] + graph.Edges[2 * k + 1]));
        }
        Assert.All(counts, c => Assert.True(c > 10));

        static GraphPool Graphs(string target) => (GraphPool)TestData.Read(
            $$"""{"type":"graphs","count":300,"minimumNodes":5,"maximumNodes":9,"elements":3,"bonds":2,"target":"{{target}}","trainFraction":1,"seed":4}""")
            .Read(new(""), new GraphInput { NodeFeatures = 3, FeaturesOfEdges = 2 }).Training;
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void APatternIsThereWhereItIsSaidToBe(int vocabulary)
    {
        var pool = Tokens($$"""{"type":"tokens","count":400,"length":9,"vocabulary":{{vocabulary}},"pattern":[1,1,2],"trainFraction":1}""", new TokensInput { Length = 9 });
        for (var i = 0; i < 400; i++)
        {
            var present = Enumerable.Range(0, 7).Any(k => pool.Tokens[i, k] == 1 && pool.Tokens[i, k + 1] == 1 && pool.Tokens[i, k + 2] == 2);
            Assert.Equal(present ? 1 : 0, pool.Targets!.Classes![i]);
        }
        Assert.Equal(Enumerable.Range(1, vocabulary - 1), pool.Tokens.Cast<int>().Distinct().Order());
        // Half of 400 with a deviation of 10, of which four.
        Assert.InRange(pool.Targets!.Classes!.Sum(), 160, 240);
    }

    [SkippableFact]
    public void ADecoderIsGivenWhatCameBefore()
    {
        Libtorch.Require();
        const string text = """{"type":"tokens","count":20,"length":5,"vocabulary":5,"task":"reverse","trainFraction":1}""";
        using var data = TestData.Read(text).Load(TestNetworks.Definition("decoder") with { Input = new TokensInput { Length = 5, DecoderLength = 5 } }, "");
        using var scope = new TensorScope();
        var batch = data.Training.Range(0, 20);
        var (given, wanted, decoder) = (batch.Input.to_long(), data.Training.Targets!.to_long(), batch.DecoderInput!.to_long());
        for (var k = 0; k < 100; k++)
        {
            Assert.Equal(given[k / 5 * 5 + 4 - k % 5], wanted[k]);
            Assert.Equal(k % 5 == 0 ? 0 : wanted[k - 1], decoder[k]);
        }
        using var encoder = TestData.Read(text.Replace("reverse", "copy", StringComparison.Ordinal)).Load(TestNetworks.Definition("encoder"), "");
        Assert.Null(encoder.Training.Range(0, 3).DecoderInput);
        Assert.Equal(encoder.Training.Range(0, 20).Input.to_long(), encoder.Training.Targets!.to_long());
        Assert.Contains("decoder of length 3, but the data have 5 tokens", Assert.Throws<InputException>(() => TestData.Read(text).Load(TestNetworks.Definition("decoder"), "")).Message);
    }

    [Theory]
    [InlineData("""{"type":"circle","count":0}""", "count is 0, expected 1 or more")]
    [InlineData("""{"type":"circle","count":10,"trainingCount":8,"testCount":3}""", "8 samples to learn and 3 to test were asked for of 10")]
    [InlineData("""{"type":"circle","trainFraction":1.5}""", "trainFraction is 1.5, expected a number above 0 and up to 1")]
    [InlineData("""{"type":"circle","trainFraction":0.5,"trainingCount":3}""", "both trainFraction and trainingCount")]
    [InlineData("""{"type":"circle","trainingCount":-3}""", "-3 samples to learn")]
    [InlineData("""{"type":"pointsOnCircle","radii":[]}""", "radii are , expected one or more positive numbers")]
    [InlineData("""{"type":"lattice","dimension":20}""", "pointsPerAxis to the power of dimension is 1E+20")]
    [InlineData("""{"type":"pointsOnCircle","radii":[1,2,3],"pointsPerCircle":2000000000}""", "radii times pointsPerCircle is 6E+09, expected 268435456 at most")]
    [InlineData("""{"type":"line","count":2000000000}""", "count times 2 is 4E+09, expected 268435456 at most")]
    [InlineData("""{"type":"lattice","dimension":28,"pointsPerAxis":2}""", "times dimension is 7.51619E+09, expected 268435456 at most")]
    [InlineData("""{"type":"lattice","length":0}""", "length is 0, expected a positive number")]
    [InlineData("""{"type":"confinedParticles","boxLength":-1}""", "boxLength is -1")]
    [InlineData("""{"type":"graphs","maximumNodes":5}""", "maximumNodes is 5, expected 6 or more")]
    [InlineData("""{"type":"tokens","length":3,"vocabulary":5,"pattern":[1,2,3,4]}""", "pattern is [1, 2, 3, 4], expected 1 to 3 tokens from 1 to 4")]
    [InlineData("""{"type":"tokens","length":3,"vocabulary":5,"pattern":[0]}""", "pattern is [0]")]
    [InlineData("""{"type":"tokens","length":3,"vocabulary":2}""", "vocabulary is 2, expected 3 or more")]
    public void ValuesOutOfRangeAreNamed(string definition, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => TestData.Read(definition).Read(new(""), TestData.Numbers(2).Input)).Message);

    [Fact]
    public void AnotherKindOfDataIsAnError()
    {
        Assert.Contains("circel", Assert.Throws<InputException>(() => TestData.Read("""{"type":"circel"}""")).Message);
        Assert.Contains("radius", Assert.Throws<InputException>(() => TestData.Read("""{"type":"circle","radious":0.3}""")).Message);
    }

    private static TablePool Table(string definition) => (TablePool)TestData.Read(definition).Read(new(""), TestData.Numbers(2).Input).Training;

    private static TokenPool Tokens(string definition, TokensInput input) => (TokenPool)TestData.Read(definition).Read(new(""), input).Training;
}
