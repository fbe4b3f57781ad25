using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Data that come after those that a network learnt from reach it as those did.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class DataEncodingTests : IDisposable
{
    private const string Learnt = "kind,a,label\nu,1,x\nv,3,y\nw,5,x\nu,7,y\n";
    private const string Classes = """{"type":"csv","path":"t.csv","targets":["label"],"classTarget":true,"categorical":["kind"],"trainFraction":1}""";

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Other columns first, fewer kinds and classes, no targets: inputs are those of the same rows in training.</summary>
    [SkippableTheory]
    [InlineData("label,a,kind\ny,3,v\nx,5,w\n", true)]
    [InlineData("a,kind\n3,v\n5,w\n", false)]
    public void ColumnsAreFoundByNameAndScaledAsBefore(string text, bool hasTargets)
    {
        Libtorch.Require();
        using var before = Load(Classes, Learnt, null);
        using var now = Load(Classes, text, before.Encoding);
        Assert.Equal(["kind=u", "kind=v", "kind=w", "a"], before.Encoding.Features);
        Assert.Equal(Rows(before, 1, 2), Rows(now, 0, 1));
        Assert.Equal(hasTargets ? [1, 0] : null, now.TrainingClasses);
        Assert.Equal(hasTargets ? ["x", "y"] : [], now.Encoding.ClassNames);
        Assert.Equal(before.Encoding.FeatureScales, now.Encoding.FeatureScales);
        Assert.NotEqual(before.Encoding.DataHash, now.Encoding.DataHash);
    }

    [SkippableTheory]
    [InlineData("kind,a,label\nz,3,x\n", "line 2: found \"z\" for kind, which the network has not learnt; expected one of u, v, w")]
    [InlineData("kind,b,label\nu,3,x\n", "there is no a, which the network learnt from")]
    [InlineData("kind,a,b,label\nu,3,4,x\n", "b is no input that the network learnt from; put the column under ignored")]
    public void WhatWasNotLearntIsRefused(string text, string expected)
    {
        Libtorch.Require();
        using var before = Load(Classes, Learnt, null);
        Assert.Contains(expected, Assert.Throws<InputException>(() => Load(Classes, text, before.Encoding)).Message, StringComparison.Ordinal);
    }

    /// <summary>Frames without energies, of one species of two.</summary>
    [SkippableFact]
    public void FramesHaveTheSpeciesThatWereLearnt()
    {
        Libtorch.Require();
        const string definition = """{"type":"structures","path":"t.csv","cutoff":3,"radialFunctions":0,"trainFraction":1}""";
        using var before = LoadFrames(definition, "2\nProperties=species:S:1:pos:R:3 energy=-4.0\nA 0 0 0\nB 0 0 1\n1\nProperties=species:S:1:pos:R:3 energy=-1.0\nB 0 0 0\n", null);
        using var now = LoadFrames(definition, "1\nProperties=species:S:1:pos:R:3\nB 0 0 0\n", before.Encoding);
        Assert.Equal(["A", "B"], before.Encoding.Features);
        Assert.Equal([0.0, 1], now.Training.Range(0, 1).Input.to_double());
        Assert.Null(now.Training.Targets);
        using var partly = LoadFrames(definition, "1\nProperties=species:S:1:pos:R:3\nB 0 0 0\n1\nProperties=species:S:1:pos:R:3 energy=-7\nA 0 0 0\n", before.Encoding);
        Assert.Equal([double.NaN, -7], partly.Part(test: false)!.Targets!.Numbers!.Cast<double>());
        Assert.Equal(-1.5, before.Encoding.TargetScales![0].Mean, 1e-12);
        Assert.Contains(
            "inputs are graphs of cutoff 2 and 0 radialFunctions, but the network learnt from graphs of cutoff 3",
            Assert.Throws<InputException>(() => LoadFrames(definition.Replace("\"cutoff\":3", "\"cutoff\":2", StringComparison.Ordinal), "1\nProperties=species:S:1:pos:R:3\nB 0 0 0\n", before.Encoding)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Numbers of columns count those of the table that was learnt from; without names there must be as many, and a table of a known format may lack its targets.</summary>
    [SkippableFact]
    public void ColumnsByNumberAreThoseThatWereLearnt()
    {
        Libtorch.Require();
        const string definition = """{"type":"csv","path":"t.csv","targets":["3"],"classTarget":true,"ignored":["1"],"trainFraction":1}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "id,a,sick,b\n1,2,yes,3\n2,5,no,7\n");
        using var before = TestData.Read(definition).Load(TestData.Numbers(2), folder);
        File.WriteAllText(Path.Combine(folder, "t.csv"), "a,b,female\n2,3,yes\n");
        Assert.Contains("found \"yes\" for female, expected a finite number", Assert.Throws<InputException>(() => TestData.Read(definition).Load(TestData.Numbers(2), folder, before.Encoding, whole: true)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "t.csv"), "b,a\n3,2\n");
        using var now = TestData.Read(definition).Load(TestData.Numbers(2), folder, before.Encoding, whole: true);
        Assert.Equal(Rows(before, 0), Rows(now, 0));
        Assert.Null(now.TrainingClasses);

        const string bare = """{"type":"csv","path":"t.csv","targets":["1"],"ignored":["4"],"trainFraction":1}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "1,2,3,4\n5,6,7,8\n");
        using var numbered = TestData.Read(bare).Load(TestData.Numbers(2), folder);
        File.WriteAllText(Path.Combine(folder, "t.csv"), ",6,7,9\n");
        using var open = TestData.Read(bare).Load(TestData.Numbers(2), folder, numbered.Encoding, whole: true);
        Assert.Equal(Rows(numbered, 1), Rows(open, 0));
        File.WriteAllText(Path.Combine(folder, "t.csv"), "6,7,9\n");
        Assert.Contains(
            "there are 3 columns without names, but the network learnt from a table of 4", Assert.Throws<InputException>(() => TestData.Read(bare).Load(TestData.Numbers(2), folder, numbered.Encoding, whole: true)).Message,
            StringComparison.Ordinal);

        const string shells = """{"type":"abalone","path":"t.csv","trainFraction":1}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "M,0.4,0.3,0.1,0.5,0.2,0.1,0.2,15\nF,0.5,0.4,0.2,0.6,0.3,0.2,0.1,9\nI,0.3,0.2,0.1,0.2,0.1,0.1,0.1,7\n");
        using var abalone = TestData.Read(shells).Load(TestData.Numbers(10), folder);
        File.WriteAllText(Path.Combine(folder, "t.csv"), "F,0.5,0.4,0.2,0.6,0.3,0.2,0.1\n");
        using var without = TestData.Read(shells).Load(TestData.Numbers(10), folder, abalone.Encoding, whole: true);
        Assert.Equal(Rows(abalone, 1), Rows(without, 0));

        // Of formats whose columns have names of their own, the header is compared.
        const string strengths = """{"type":"concrete","path":"t.csv","trainFraction":1}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "A,B,C,D,E,F,G,H,Strength\n1,2,3,4,5,6,7,8,9\n2,3,4,5,6,7,8,9,10\n");
        using var concrete = TestData.Read(strengths).Load(TestData.Numbers(8), folder);
        File.WriteAllText(Path.Combine(folder, "t.csv"), "A,B,C,D,E,F,G,H\n2,3,4,5,6,7,8,9\n");
        using var eight = TestData.Read(strengths).Load(TestData.Numbers(8), folder, concrete.Encoding, whole: true);
        Assert.Equal(Rows(concrete, 1), Rows(eight, 0));
        foreach (var wrong in new[] { "Strength,A,B,C,D,E,F,G,H\n9,1,2,3,4,5,6,7,8\n", "B,C,D,E,F,G,H,Strength\n2,3,4,5,6,7,8,9\n" })
        {
            File.WriteAllText(Path.Combine(folder, "t.csv"), wrong);
            Assert.Contains(
                "but the network learnt from A, B, C, D, E, F, G, H", Assert.Throws<InputException>(() => TestData.Read(strengths).Load(TestData.Numbers(8), folder, concrete.Encoding, whole: true)).Message,
                StringComparison.Ordinal);
        }
    }

    /// <summary>Two columns of one name are told apart by their numbers, also when the network has learnt; a name that the file has keeps its column.</summary>
    [SkippableFact]
    public void ColumnsOfOneNameAreToldApart()
    {
        Libtorch.Require();
        const string definition = """{"type":"csv","path":"t.csv","targets":["1"],"ignored":["5"],"trainFraction":1,"normalisation":"none","targetNormalisation":"none"}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "a,a,a.2,b,b\n1,2,3,4,5\n6,7,8,9,10\n");
        using var before = TestData.Read(definition).Load(TestData.Numbers(3), folder);
        Assert.Equal(["a.3", "a.2", "b"], before.Encoding.Features);
        using var again = TestData.Read(definition).Load(TestData.Numbers(3), folder, before.Encoding, whole: true);
        Assert.Equal([2.0, 3, 4, 7, 8, 9], again.Training.Range(0, 2).Input.to_double());
        Assert.Equal([1.0, 6], again.Training.Targets!.to_double());
    }

    /// <summary>A category that is in no row that was learnt leaves that row out, where rows may be left out.</summary>
    [SkippableFact]
    public void ARowOfACategoryThatWasDroppedIsLeftOut()
    {
        Libtorch.Require();
        const string definition = """{"type":"csv","path":"t.csv","targets":["y"],"categorical":["k"],"missing":"drop","trainFraction":1}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "k,y\nu,1\nv,2\nw,?\nu,?\n");
        using var before = TestData.Read(definition).Load(TestData.Numbers(2), folder);
        using var now = TestData.Read(definition).Load(TestData.Numbers(2), folder, before.Encoding, whole: true);
        Assert.Equal([0, 1, 3], now.TrainingRows!);
        Assert.Contains("1 row with missing values, or categories that the network has not learnt, left out", now.Notice, StringComparison.Ordinal);
    }

    /// <summary>Split or whole, read or drawn: features are scaled by what was learnt, classes have the numbers that they had.</summary>
    [SkippableFact]
    public void OtherDataAreScaledAsWhatWasLearnt()
    {
        Libtorch.Require();
        const string definition = """{"type":"csv","path":"t.csv","targets":["side"],"classTarget":true,"trainFraction":0.75,"ignored":["note"]}""";
        File.WriteAllText(Path.Combine(folder, "t.csv"), "note,y,x,side\n?,3,10,outside\n,5,20,inside\n,7,60,outside\n,9,0,inside\n");
        using var before = TestData.Read(definition).Load(TestData.Numbers(2), folder);
        Assert.Equal(["inside", "outside"], before.Encoding.ClassNames);
        double[] Scaled(double x, double y) =>
            [(y - before.Encoding.FeatureScales![0].Mean) / before.Encoding.FeatureScales[0].Deviation, (x - before.Encoding.FeatureScales[1].Mean) / before.Encoding.FeatureScales[1].Deviation];
        File.WriteAllText(Path.Combine(folder, "t.csv"), "x,y,side\n1,2,outside\n3,4,outside\n5,6,outside\n7,8,outside\n");
        using var split = TestData.Read(definition).Load(TestData.Numbers(2), folder, before.Encoding);
        Assert.Equal((3, 1), (split.Training.Count, split.Test!.Count));
        Assert.Equal(Scaled(1 + 2 * split.TestRows![0], 2 + 2 * split.TestRows[0]), split.Test.Range(0, 1).Input.to_double(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, 1, 1], split.TrainingClasses!);

        var circle = TestData.Read("""{"type":"circle","count":3}""");
        using var drawn = circle.Load(TestData.Numbers(2), folder, whole: true);
        using var scaled = circle.Load(TestData.Numbers(2), folder, before.Encoding, whole: true);
        var points = drawn.Training.Range(0, 3).Input.to_double();
        Assert.Equal(Enumerable.Range(0, 3).SelectMany(i => Scaled(points[2 * i], points[2 * i + 1])), scaled.Training.Range(0, 3).Input.to_double(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(drawn.TrainingClasses!.Select(c => drawn.Encoding.ClassNames[c]), scaled.TrainingClasses!.Select(c => before.Encoding.ClassNames[c]));
    }

    [SkippableFact]
    public void WholeDataAreInTheirOrder()
    {
        Libtorch.Require();
        File.WriteAllText(Path.Combine(folder, "t.csv"), "x,y\n1,10\n,0\n3,30\n4,40\n");
        var definition = TestData.Read("""{"type":"csv","path":"t.csv","targets":["y"],"missing":"drop","normalisation":"none","trainingCount":2}""");
        using var data = definition.Load(TestData.Numbers(1), folder, whole: true);
        Assert.Equal([0, 2, 3], data.TrainingRows!);
        Assert.Equal([1.0, 3, 4], data.Training.Range(0, 3).Input.to_double());
        Assert.Null(data.Test);
    }

    private DataSets Load(string definition, string text, DataEncoding? learnt)
    {
        File.WriteAllText(Path.Combine(folder, "t.csv"), text);
        return TestData.Read(definition).Load(TestData.Numbers(4), folder, learnt, whole: learnt is not null);
    }

    private DataSets LoadFrames(string definition, string text, DataEncoding? learnt)
    {
        File.WriteAllText(Path.Combine(folder, "t.xyz"), text);
        return TestData.Read(definition.Replace("t.csv", "t.xyz", StringComparison.Ordinal)).Load(
            new() { Input = new Engine.Learn.Networks.GraphInput { NodeFeatures = 2 }, Layers = [] }, folder, learnt, whole: true);
    }

    /// <summary>Inputs of rows of the table, wherever the split has put them.</summary>
    private static double[] Rows(DataSets data, params int[] rows) => data.Training.Take([.. rows.Select(r => Array.IndexOf(data.TrainingRows!, r))]).Input.to_double();
}
