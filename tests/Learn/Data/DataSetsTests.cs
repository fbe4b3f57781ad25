using Engine.Learn.Data;
using Engine.Learn.Torch;
using Engine.Tests.Learn.Torch;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Splits, identities and ownership, of any data.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class DataSetsTests
{
    /// <summary>Of any number of samples and any seed each sample is learnt or tested, once, and the same seed does it again.</summary>
    [Fact]
    public void TheSameSeedGivesTheSameSplit() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), (count, seed, training) =>
        {
            var definition = new CircleData
            {
                Count = count,
                Seed = (ulong)seed,
                TrainingCount = Math.Min(training, count),
            };
            var (first, again) = (Split(definition), Split(definition));
            return first.Training.SequenceEqual(again.Training) && first.Test.SequenceEqual(again.Test)
                && first.Training.Length == Math.Min(training, count)
                && first.Training.Concat(first.Test).Distinct().Count() == count;
        }));

    [Fact]
    public void AnotherSeedGivesAnotherSplit()
    {
        var folder = TestFile("x,y\n" + string.Join('\n', Enumerable.Range(0, 40).Select(i => $"{i},1")));
        double[] Order(ulong seed) => [.. ((TablePool)new CsvData
        {
            Path = "t.csv",
            Targets = ["y"],
            Normalisation = Normalisation.None,
            Seed = seed,
        }.Read(new(folder), TestData.Numbers(1).Input).Training).Features.Cast<double>()];
        Assert.Equal(32, Order(1).Distinct().Count());
        Assert.NotEqual(Order(1), Order(2));
        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public void TheIdentityIsThatOfDefinitionAndBytes()
    {
        Libtorch.Require();
        var folder = TestFile("x,y\n1,2\n3,4\n");
        var definition = new CsvData
        {
            Path = "t.csv",
            Targets = ["y"],
            TrainFraction = 1,
        };
        string Identity(DataDefinition data)
        {
            using var sets = data.Load(TestData.Numbers(1), folder);
            return sets.Encoding.DataHash;
        }
        var first = Identity(definition);
        Assert.Equal(64, first.Length);
        Assert.Equal(first, Identity(definition));
        Assert.NotEqual(first, Identity(definition with { Seed = 2 }));
        File.Copy(Path.Combine(folder, "t.csv"), Path.Combine(folder, "elsewhere.csv"));
        Assert.Equal(first, Identity(definition with { Path = "elsewhere.csv" }));
        File.WriteAllText(Path.Combine(folder, "t.csv"), "x,y\n1,2\n3,5\n");
        Assert.NotEqual(first, Identity(definition));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Tensors live until the sets are disposed of, whatever scope they were made in, and none is left.</summary>
    [SkippableFact]
    public void SetsOwnTheirTensors()
    {
        Libtorch.Require();
        var before = Libtorch.CountHandles();
        DataSets data;
        using (new TensorScope())
        {
            data = new CircleData { Count = 10 }.Load(TestData.Numbers(2), "");
        }
        using (new TensorScope())
        {
            Assert.Equal([8, 2], data.Training.Range(0, 8).Input.shape);
        }
        Assert.Equal(before + 4, torch.LiveHandles);
        data.Dispose();
        Assert.Equal(before, torch.LiveHandles);
    }

    /// <summary>A pool of numbers that came from elsewhere: chosen from, scaled by others, and back to its unit.</summary>
    [SkippableFact]
    public void PoolsNeedNoFile()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var pool = new TablePool(new double[,] { { 1, 5 }, { 3, 5 }, { 5, 5 } }, ["a", "b"], PoolTargets.Of(new double[,] { { 2 }, { 4 }, { 9 } }, ["y"]));
        var chosen = pool.Take([2, 0]);
        Assert.Equal([5, 5, 1, 5], chosen.Features.Cast<double>());
        Assert.Equal([9, 2], chosen.Targets!.Numbers!.Cast<double>());
        var scales = ColumnScale.Of(chosen.Features);
        // Mean 3 and deviation 2; a column that is constant is only moved.
        Assert.Equal([new(3, 2), new(5, 1)], scales);
        var samples = pool.Scale(scales, null).ToSamples(TestData.Numbers(2));
        Assert.Equal([-1, 0, 0, 0, 1, 0], samples.Range(0, 3).Input.to_double());
        Assert.Equal([2, 4, 9], samples.Targets!.to_double());
    }

    private static (string[] Training, string[] Test) Split(CircleData definition)
    {
        var parts = definition.Read(new(""), TestData.Numbers(2).Input);
        return (Points(parts.Training), Points(parts.Test));

        static string[] Points(SamplePool? pool) => pool is TablePool table ? [.. Enumerable.Range(0, table.Count).Select(i => $"{table.Features[i, 0]:R} {table.Features[i, 1]:R}")] : [];
    }

    private static string TestFile(string text)
    {
        var folder = Directory.CreateTempSubdirectory("engine-test-").FullName;
        File.WriteAllText(Path.Combine(folder, "t.csv"), text);
        return folder;
    }
}
