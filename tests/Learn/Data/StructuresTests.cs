using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Structures as graphs, and tables of tokens.</summary>
public class StructuresTests
{
    /// <summary>Simple cubic, of one atom in a skewed cell of the same lattice; a dimer in the open; and the cubic cell with another atom in its middle.</summary>
    private const string Frames = """
        1
        Lattice="2 0 0 2 2 0 0 0 2" Properties=species:S:1:pos:R:3 energy=-3 phase=solid
        A 0.1 0.2 0.3
        2
        Properties=species:S:1:pos:R:3 energy=-5 phase=gas
        B 0 0 0
        A 0 0 1.5
        2
        Lattice="2 0 0 0 2 0 0 0 2" Properties=species:S:1:pos:R:3 energy=-9 phase=solid
        A 0 0 0
        B 1 1 1

        """;

    [Fact]
    public void EdgesAreTheNeighboursWithAllTheirImages()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("frames.xyz"), Frames);
        var pool = Read(folder, """{"type":"structures","path":"frames.xyz","cutoff":2.5,"radialFunctions":3,"trainFraction":1,"targetNormalisation":"none"}""", 3);
        var order = pool.Training.Targets!.Numbers!.Cast<double>().ToArray();
        Assert.Equal([-4.5, -3, -2.5], order.Order());

        // Six at 2; the diagonals, 2.83 away, are too far.
        var cubic = Graph(-3);
        Assert.Equal([1.0, 0], cubic.Nodes);
        Assert.Equal(Enumerable.Repeat(0, 6), cubic.Sources);
        // Δ is 1.25: functions about 0, 1.25 and 2.5, times ½(1 + cos 0.8π).
        var fade = 0.5 * (1 + Math.Cos(0.8 * Math.PI));
        double[] expected = [Math.Exp(-0.5 * 1.6 * 1.6) * fade, Math.Exp(-0.5 * 0.6 * 0.6) * fade, Math.Exp(-0.5 * 0.4 * 0.4) * fade];
        for (var k = 0; k < cubic.Edges.Length; k++)
        {
            Assert.Equal(expected[k % 3], cubic.Edges[k], 1e-12);
        }

        var dimer = Graph(-2.5);
        Assert.Equal([0.0, 1, 1, 0], dimer.Nodes);
        Assert.Equal([1, 0], dimer.Sources);
        Assert.Equal([0, 1], dimer.Targets);

        // Of each eight of the others at √3 and six of its own at 2.
        var centred = Graph(-4.5);
        Assert.Equal(28, centred.Sources.Length);
        Assert.Equal(16, centred.Sources.Zip(centred.Targets).Count(edge => edge.First != edge.Second));

        GraphSample Graph(double energy) => ((GraphPool)pool.Training).Graphs[Array.IndexOf(order, energy)];
    }

    [Fact]
    public void TargetsAreEnergiesOrLabels()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("frames.xyz"), Frames);
        var phases = Read(folder, """{"type":"structures","path":"frames.xyz","cutoff":1,"radialFunctions":0,"label":"phase","classTarget":true,"trainFraction":1}""", 0).Training.Targets!;
        Assert.Equal(["gas", "solid"], phases.ClassNames);
        Assert.Equal(2, phases.Classes!.Sum());
        var scaled = Read(folder, """{"type":"structures","path":"frames.xyz","cutoff":1,"radialFunctions":0,"trainFraction":1}""", 0);
        Assert.Equal(-10.0 / 3, scaled.TargetScales![0].Mean, 1e-12);
        Assert.Equal(0, scaled.Training.Scale(null, scaled.TargetScales).Targets!.Numbers!.Cast<double>().Sum(), 1e-12);
    }

    [Theory]
    [InlineData("""{"type":"structures","path":"frames.xyz","cutoff":0}""", "cutoff is 0, expected a positive length")]
    [InlineData("""{"type":"structures","path":"frames.xyz","cutoff":2}""", "has 2 species (A, B) and radialFunctions is 8, for a network of nodeFeatures 2 and edgeFeatures 0; expected the same numbers")]
    [InlineData("""{"type":"structures","path":"frames.xyz","cutoff":2,"radialFunctions":0,"species":["A","C"]}""", "frame 1 (line 4) has B, but species are A, C")]
    [InlineData("""{"type":"structures","path":"frames.xyz","cutoff":2,"radialFunctions":0,"label":"phase"}""", "frame 0 (line 1) has no target, expected phase=… with one number")]
    [InlineData("""{"type":"structures","path":"frames.xyz","cutoff":2,"radialFunctions":0,"energyKey":"gap_energy"}""", "gap_energy")]
    [InlineData("""{"type":"structures","path":"frames.xyz","cutoff":2,"classTarget":true}""", "name the key of the class in label")]
    [InlineData("""{"type":"structures","path":"none.xyz","cutoff":2}""", "cannot read")]
    public void WhatIsNotThereIsNamed(string definition, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("frames.xyz"), Frames);
        Assert.Contains(expected, Assert.Throws<InputException>(() => Read(folder, definition, 0)).Message);
    }

    [Fact]
    public void ATableOfWholeNumbersIsSequencesOfTokens()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokens.csv"), "a,b,c,y\n3,0,2,yes\n1,4,1,no\n");
        const string definition = """{"type":"csv","path":"tokens.csv","targets":["y"],"classTarget":true,"trainFraction":1}""";
        var parts = TestData.Read(definition).Read(new(folder.File("")), new TokensInput { Length = 3 });
        var (tokens, classes) = (((TablePool)parts.Training).ToTokens().Tokens, parts.Training.Targets!.Classes!);
        var first = Array.IndexOf(parts.TrainingRows!, 0);
        Assert.Equal([3, 0, 2], Enumerable.Range(0, 3).Select(k => tokens[first, k]));
        Assert.Equal("yes", parts.Training.Targets.ClassNames[classes[first]]);

        File.WriteAllText(folder.File("tokens.csv"), "a,b,c,y\n3,0.5,2,yes\n1,4,1,no\n");
        Assert.Contains(
            "found 0.5 in the column b, but the network takes tokens; expected whole numbers from 0",
            Assert.Throws<InputException>(() => ((TablePool)TestData.Read(definition).Read(new(folder.File("")), new TokensInput { Length = 3 }).Training).ToTokens()).Message);
    }

    private static DataParts Read(TemporaryFolder folder, string definition, int edgeFeatures) =>
        TestData.Read(definition).Read(new(folder.File("")), new GraphInput { NodeFeatures = 2, FeaturesOfEdges = edgeFeatures });
}
