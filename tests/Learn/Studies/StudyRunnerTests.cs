using Engine.Core.Json;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Studies;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Studies;

[Collection(LibtorchCollection.Name)]
public sealed class StudyRunnerTests : IDisposable
{
    /// <summary>Both kinds of study, in a second or two.</summary>
    internal const string Tiny = """
        {
          "data": { "type": "circle", "count": 40, "trainingCount": 24 },
          "studies": [
            {
              "type": "scan", "name": "widths", "seeds": 2, "recordedEpochs": [1],
              "network": { "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 4, "activation": "relu" }, { "type": "dense", "units": 2 }] },
              "training": { "loss": { "type": "crossEntropy" }, "strategy": { "type": "simple", "epochs": 4, "batchSize": 8 } },
              "grid": { "widths": [3, 6], "activations": ["relu", "tanh"] },
              "variants": [{ "name": "small batches", "set": ["training.strategy.batchSize=4"] }],
            },
            {
              "type": "selection", "name": "sets", "sizes": [3, 6], "repeats": 3,
              "network": { "precision": "double", "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 4, "activation": "tanh" }, { "type": "dense", "units": 2 }] },
              "training": { "loss": { "type": "crossEntropy" }, "strategy": { "type": "simple", "epochs": 4, "batchSize": 8 } },
              "methods": [
                { "type": "random" },
                { "type": "randomNetworkDistillation", "epochs": 5, "target": { "precision": "double", "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 4, "activation": "tanh" }] } },
                { "type": "maximumEntropy" },
                { "type": "approximateMaximumEntropy", "sets": 2 },
              ],
            },
          ],
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("engine-study-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Runs share nothing but their data, so that the number of threads changes no bit; neither does a stop, nor a process that was killed while it wrote.</summary>
    [SkippableFact]
    public void ThreadsAndStopsChangeNoBit()
    {
        Libtorch.RequireWithHdf5();
        var whole = Do("whole.h5", threads: 1);
        Equal(whole, Do("threads.h5", threads: 4));
        // Stopped after the third run of the second study; what a killed process leaves is what is in the file then.
        using (var stop = new CancellationTokenSource())
        {
            Assert.Throws<OperationCanceledException>(() => Do("stopped.h5", threads: 1, atShare: share =>
            {
                if (share >= 3.0 / 12)
                {
                    File.Copy(At("stopped.h5"), At("killed.h5"), overwrite: true);
                    stop.Cancel();
                }
            }, cancellation: stop.Token));
        }
        foreach (var name in new[] { "stopped.h5", "killed.h5" })
        {
            var before = ArrayArchive.Read(At(name));
            var done = (int[])before.Arrays["sets.done"].Values;
            Assert.Equal(3, done.Sum());
            Equal(whole, Do(name, threads: 2));
        }
    }

    /// <summary>More repeats are added to those that are there; other settings are refused.</summary>
    [SkippableFact]
    public void RepeatsAreAppended()
    {
        Libtorch.RequireWithHdf5();
        string[] fewer = ["studies[0].seeds=1", "studies[1].repeats=1"];
        var some = Do("results.h5", 2, fewer);
        Assert.Equal(5, some.Arrays["widths.entropy"].Shape[0]);
        var more = Do("results.h5", 2);
        Assert.Equal(10, more.Arrays["widths.entropy"].Shape[0]);
        Equal(Do("anew.h5", 2), more);
        // Fewer again: nothing is lost, and the summary is of the first ones.
        using (var runner = new StudyRunner(Read(fewer), folder, At("results.h5")))
        {
            Assert.Equal(0, runner.Missing(Read(fewer).Studies[0]));
            Assert.All(runner.Summarise(Read(fewer).Studies[0]).Numbers, n => Assert.Equal(1, n.Count));
        }
        foreach (var (change, told) in new[]
        {
            ("studies[0].training.strategy.batchSize=7", "another widths: studies[0].training.strategy.batchSize is 7 and was 8; give --out"),
            ("studies[1].sizes=[3]", "studies[1].sizes is [3] and was"), ("seed=2", "seed is 2 and was 1"), ("data.radius=0.3", "its data are others"),
        })
        {
            Assert.Contains(told, Assert.Throws<InputException>(() => new StudyRunner(Read(change), folder, At("results.h5"))).Message);
        }
        // A study that is left out keeps its runs.
        Do("results.h5", 2, ["studies[1].name=others", "studies[1].repeats=1"]);
        Equal(more, ArrayArchive.Read(At("results.h5")));
    }

    /// <summary>What is in the tables is what the method and the network say; pairs share their network.</summary>
    [SkippableFact]
    public void NumbersAreThoseOfTheRuns()
    {
        Libtorch.RequireWithHdf5();
        Do("results.h5", 2);
        using var runner = new StudyRunner(Read(), folder, At("results.h5"));
        var (scan, sets) = (runner.Summarise(Read().Studies[0]), runner.Summarise(Read().Studies[1]));
        double Of(StudySummary summary, string name) => summary.Numbers.Single(n => n.Name == name).Value;
        Assert.Equal(["relu 1x3", "relu 1x6", "tanh 1x3", "tanh 1x6", "small batches"], scan.Numbers.Where(n => n.Name.EndsWith("dip", StringComparison.Ordinal)).Select(n => n.Name[..^4]));
        Assert.All(scan.Numbers.Where(n => n.Name.EndsWith("dip", StringComparison.Ordinal)), n => Assert.InRange(n.Value, -Math.Log(24), 0));
        Assert.Equal(
            Of(sets, "maximumEntropy n=6 final test loss") - Of(sets, "random n=6 final test loss"), Of(sets, "maximumEntropy n=6 final test loss difference"), 1e-12);
        Assert.InRange(Of(sets, "random n=3 entropy"), 0, Math.Log(3));
        Assert.True(Of(sets, "maximumEntropy n=6 mean trace difference") > 0);
        Assert.DoesNotContain(sets.Numbers, n => n.Name.Contains("rank correlation", StringComparison.Ordinal));
        var chosen = ArrayArchive.Read(At("results.h5")).Arrays["sets.chosen"];
        Assert.Equal([12, 2, 6], chosen.Shape);
        // The smaller set is the beginning of the larger one.
        Assert.Equal(((int[])chosen.Values)[..3], ((int[])chosen.Values)[6..9]);
        Assert.Equal([-1, -1, -1], ((int[])chosen.Values)[3..6]);
        Assert.Equal(4, sets.ToResult().Plots[0].Curves.Count);
    }

    [SkippableTheory]
    [InlineData("studies[0].name=a/b", "characters")]
    [InlineData("studies[0].name=sets", "two are called")]
    [InlineData("studies[0].seeds=0", "seeds is 0")]
    [InlineData("studies[0].recordedEpochs=[9]", "recordedEpochs has 9")]
    [InlineData("studies[0].grid={}", null)]
    [InlineData("studies[0].variants[0].name=\"relu 1x3\"", "name of its own")]
    [InlineData("studies[0].variants[0].set=[\"training.strategy.epochs=9\"]", "another number of epochs")]
    [InlineData("studies[0].variants[0].set=[\"training.strategy.epoch=9\"]", "epoch")]
    [InlineData("studies[0].training.strategy={\"type\":\"recursive\",\"inner\":{\"type\":\"simple\",\"epochs\":1}}", "recursive")]
    [InlineData("studies[1].sizes=[25]", "go up to 25")]
    [InlineData("studies[1].sizes=[3,3]", "none twice")]
    [InlineData("studies[1].methods[2].type=random", "name of its own")]
    [InlineData("studies[1].methods[1].epochs=0", "epochs is 0")]
    [InlineData("data.trainFraction=0.5", "both trainFraction")]
    [InlineData("data.trainingCount=40", "no samples to test")]
    [InlineData("expect=[{\"type\":\"range\",\"quantity\":\"sets/random n=4 entropy\",\"above\":0}]", "no number \"random n=4 entropy\"")]
    public void WhatCannotWorkIsSaidBeforeTheFirstRun(string change, string? message)
    {
        Libtorch.RequireWithHdf5();
        void Make() => new StudyRunner(Read(change), folder, At("results.h5")).Dispose();
        if (message is null)
        {
            Make();
            return;
        }
        Assert.Contains(message, Assert.Throws<InputException>(Make).Message);
    }

    /// <summary>The first failure is told, with the run that it was; the others end.</summary>
    [SkippableFact]
    public void AFailureSaysWhichRunItWas()
    {
        Libtorch.RequireWithHdf5();
        var error = Assert.Throws<RunFailedException>(() => Do("results.h5", 2, ["studies[0].training.optimiser={\"type\":\"sgd\",\"learningRate\":1e30}"]));
        Assert.Contains("study widths, ", error.Message);
        Assert.Contains("learning rate", error.Message);
        var stop = Assert.Throws<InputException>(() => Do("others.h5", 2, ["studies[1].methods[1].distanceThreshold=1e9", "studies[0].seeds=1"]));
        Assert.Contains("randomNetworkDistillation ended after 0 of 6 samples", stop.Message);
    }

    /// <summary>How long it takes is said before the first run, by choices of fewer samples than a method begins with, too; what fails then is left to the run, which has a name.</summary>
    [SkippableFact]
    public void TheTimeIsEstimatedByALittle()
    {
        Libtorch.RequireWithHdf5();
        double? Estimate(int study, CancellationToken cancellation = default, params string[] changes)
        {
            var definition = Read(changes);
            using var runner = new StudyRunner(definition, folder, At("none.h5"));
            return runner.EstimateSeconds(definition.Studies[study], cancellation);
        }
        Assert.True(Estimate(0) > 0);
        Assert.True(Estimate(1, default, "studies[1].sizes=[10,20]", "studies[1].methods[1].randomFirst=5") > 0);
        Assert.True(Estimate(1, default, "studies[1].sizes=[2]") > 0);
        Assert.Null(Estimate(0, default, "studies[0].training.optimiser={\"type\":\"sgd\",\"learningRate\":1e30}"));
        Assert.Null(Estimate(1, default, "studies[1].methods[1].optimiser={\"type\":\"sgd\",\"learningRate\":1e300}", "studies[1].methods[1].target.layers[0].activation=relu"));
        Assert.All(new[] { 0, 1 }, study => Assert.ThrowsAny<OperationCanceledException>(() => Estimate(study, new(canceled: true))));
    }

    private static StudyDefinition Read(params string[] changes) => StrictJson.Read<StudyDefinition>(Tiny, "study", overrides: changes);

    private static void Equal(ArrayArchive expected, ArrayArchive found)
    {
        foreach (var (name, (shape, values)) in expected.Arrays)
        {
            Assert.Equal(shape, found.Arrays[name].Shape);
            Assert.Equal(values, found.Arrays[name].Values);
        }
    }

    private ArrayArchive Do(string name, int threads, string[]? changes = null, Action<double>? atShare = null, CancellationToken cancellation = default)
    {
        var definition = Read(changes ?? []);
        using var workers = new Workers(threads);
        using var runner = new StudyRunner(definition, folder, At(name));
        foreach (var study in definition.Studies)
        {
            runner.Run(study, workers, study is SelectionStudy && atShare is not null ? atShare : _ => { }, cancellation);
        }
        return ArrayArchive.Read(At(name));
    }

    private string At(string name) => Path.Combine(folder, name);
}
