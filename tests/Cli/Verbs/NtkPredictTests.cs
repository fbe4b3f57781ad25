using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.IO.Hdf5;
using Engine.Learn.Training;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

/// <summary>What a network gives, in the units of the data it learnt from.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class NtkPredictTests : IDisposable
{
    private const string Layers = """[{ "type": "dense", "units": 12, "activation": "tanh" }, { "type": "dense", "units": 1 }]""";

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string Run => Path.Combine(folder, "run");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A line y = 1000 + 50 x is learnt from some of its points: predictions are near 1000, not near 0 as the scaled ones.</summary>
    [SkippableFact]
    public void PredictionsHaveTheUnitsOfTheTargets()
    {
        TrainLine();
        var all = Predict(Run);
        Assert.Equal(Enumerable.Range(0, 40), all["rows"]!.AsArray().Select(r => (int)r!));
        var (wanted, given) = (Numbers(all["targets"]!["y"]!), Numbers(all["predictions"]!["y"]!));
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(1000 + 50 * X(i), wanted[i], 1e-3);
        }
        var squares = wanted.Zip(given).Average(p => (p.First - p.Second) * (p.First - p.Second));
        Assert.Equal(Math.Sqrt(squares), (double)all["errors"]!["y"]!["rmse"]!, 1e-9);
        Assert.Equal(wanted.Zip(given).Average(p => Math.Abs(p.First - p.Second)), (double)all["errors"]!["y"]!["mae"]!, 1e-9);
        Assert.Equal(1 - squares / wanted.Average(w => Math.Pow(w - wanted.Average(), 2)), (double)all["errors"]!["y"]!["r2"]!, 1e-9);
        Assert.InRange((double)all["errors"]!["y"]!["r2"]!, 0.9, 1);

        // The parts of the split have the same numbers as these rows.
        var test = Predict(Run, "--of", "test");
        Assert.Equal(8, test["rows"]!.AsArray().Count);
        Assert.Equal(test["rows"]!.AsArray().Select(r => given[(int)r!]), Numbers(test["predictions"]!["y"]!), (a, b) => Math.Abs(a - b) < 1e-3);

        // The loss is that of scaled targets: what the recorder wrote is the mean square over the variance of what was learnt.
        using var file = ArrayReader.Open(Path.Combine(Run, "recording.h5"));
        var training = Predict(Run, "--of", "training");
        var spread = Numbers(training["targets"]!["y"]!);
        Assert.Equal(file.Read("training/loss")[^1], Math.Pow((double)training["errors"]!["y"]!["rmse"]!, 2) / spread.Average(w => Math.Pow(w - spread.Average(), 2)), 1e-6);
    }

    /// <summary>Rows without targets, columns in another order: the same numbers as for those rows in the whole file.</summary>
    [SkippableFact]
    public void NewRowsNeedNoTargets()
    {
        TrainLine();
        var all = Numbers(Predict(Run)["predictions"]!["y"]!);
        File.WriteAllText(Path.Combine(folder, "new.csv"), FormattableString.Invariant($"z,x\n1,{X(5)}\n0,{X(20)}\n"));
        var @out = Path.Combine(folder, "p.csv");
        var run = CliRun.Of("ntk", "predict", Path.Combine(Run, "model.h5"), "--data", Path.Combine(folder, "new.csv"), "--out", @out);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("the data are others than the network learnt from", run.Error, StringComparison.Ordinal);
        var lines = File.ReadAllLines(@out);
        Assert.Equal("row,predicted y", lines[0]);
        Assert.Equal([all[5], all[20]], lines[1..].Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [SkippableFact]
    public void ClassesAreCalledByTheirNames()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "c.csv"), "x,y,side\n" + string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{X(i)},{i % 5},{(X(i) > 0 ? "\"over, or on\"" : "under")}\n"))));
        Train("""
            { "data": { "type": "csv", "path": "c.csv", "targets": ["side"], "classTarget": true },
              "network": { "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 2 }] },
              "training": { "loss": { "type": "crossEntropy" }, "optimiser": { "type": "adam", "learningRate": 0.05 }, "strategy": { "type": "simple", "epochs": 40 } },
              "recorders": [{ "record": ["accuracy"] }] }
            """);
        using var file = ArrayReader.Open(Path.Combine(Run, "recording.h5"));
        var found = Predict(Run, "--of", "training");
        Assert.Equal(file.Read("training/accuracy")[^1], (double)found["accuracy"]!, 1e-12);
        var run = CliRun.Of("ntk", "predict", Run);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("row,class,predicted,\"probability over, or on\",probability under", lines[0]);
        Assert.StartsWith("0,under,under,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("39,\"over, or on\",\"over, or on\",", lines[40], StringComparison.Ordinal);
        Assert.Contains("of 40 samples: accuracy", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Two targets of different units, the other way round, one of them or others: by their names, or refused. Those that are missing are left out of the errors.</summary>
    [SkippableFact]
    public void TargetsAreFoundByTheirNames()
    {
        Libtorch.RequireWithHdf5();
        var rows = Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{X(i)},{1000 + 50 * X(i)},{0.1 - X(i)}")).ToArray();
        File.WriteAllText(Path.Combine(folder, "line.csv"), "x,a,b\n" + string.Join('\n', rows));
        Train("""
            { "data": { "type": "csv", "path": "line.csv", "targets": ["a", "b"] },
              "network": { "input": { "type": "numbers", "shape": [1] }, "layers": [{ "type": "dense", "units": 2 }], "precision": "double" },
              "training": { "loss": { "type": "meanPower" }, "optimiser": { "type": "adam", "learningRate": 0.1 }, "strategy": { "type": "simple", "epochs": 60 } },
              "recorders": [{ "record": ["loss"] }] }
            """);
        var found = Predict(Run);
        // A line is learnt exactly; the order of 300 rows is that of the file.
        Assert.Equal(Enumerable.Range(0, 300).Select(i => 1000 + 50 * X(i)), Numbers(found["predictions"]!["a"]!), (a, b) => Math.Abs(a - b) < 1);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => 0.1 - X(i)), Numbers(found["predictions"]!["b"]!), (a, b) => Math.Abs(a - b) < 0.1);
        Assert.Equal(0.1 - X(7), Numbers(found["targets"]!["b"]!)[7]);
        var swapped = Predict(Run, "--set", """data.targets=["b","a"]""");
        Assert.Equal(found["errors"]!.ToJsonString(), swapped["errors"]!.ToJsonString());
        Assert.Equal(found["predictions"]!.ToJsonString(), Predict(Path.Combine(Run, "checkpoint"))["predictions"]!.ToJsonString());

        var few = Path.Combine(folder, "few.csv");
        File.WriteAllText(few, "a,b,x\n?,,3\n5,6,4\n,7,5\n");
        var partly = Predict(Run, "--data", few);
        Assert.Null(partly["targets"]!["a"]![0]);
        var error = Numbers(partly["predictions"]!["b"]!);
        Assert.Equal((Math.Abs(error[1] - 6) + Math.Abs(error[2] - 7)) / 2, (double)partly["errors"]!["b"]!["mae"]!, 1e-9);
        Assert.Null(partly["errors"]!["a"]!["r2"]);
        Assert.Contains("\n0,,,", CliRun.Of("ntk", "predict", Run, "--data", few).Output, StringComparison.Ordinal);

        File.WriteAllText(few, "a,x\n5,3\n");
        var one = Predict(Run, "--data", few);
        Assert.Equal(Math.Abs((double)one["predictions"]!["a"]![0]! - 5), (double)one["errors"]!["a"]!["mae"]!, 1e-9);
        Assert.Equal((1, 0), ((int)one["errors"]!["a"]!["samples"]!, (int)one["errors"]!["b"]!["samples"]!));
        Assert.Contains("targets names a column c that is not there", CliRun.Of("ntk", "predict", Run, "--data", few, "--set", """data.targets=["a","c"]""").Error, StringComparison.Ordinal);
        File.WriteAllText(few, "a,x,b\n5,1e308,1\n5,-1e308,1\n");
        Assert.Contains("the network gives numbers that are not finite for the row 0", CliRun.Of("ntk", "predict", Run, "--data", few).Error, StringComparison.Ordinal);
        File.WriteAllText(few, "a,x\n5,3\n");
        Assert.Contains("the targets are a, but the network learnt a, b; expected the same, or none", CliRun.Of("ntk", "predict", Run, "--data", few, "--set", """data.targets=["a"]""").Error, StringComparison.Ordinal);
        File.WriteAllText(few, "x,b\n1,u\n3,v\n");
        Assert.Contains(
            "the targets are the classes u, v, but the network learnt a, b", CliRun.Of("ntk", "predict", Run, "--data", few, "--set", """data.targets=["b"]""", "--set", "data.classTarget=true").Error,
            StringComparison.Ordinal);
        var before = File.ReadAllText(few);
        foreach (var read in new[] { few, Path.Combine(Run, "run.json") })
        {
            Assert.Contains("is read by the same command", CliRun.Of("ntk", "predict", Run, "--data", few, "--set", "data.targets=[]", "--set", """data.ignored=["b"]""", "--out", read).Error, StringComparison.Ordinal);
        }
        Assert.Equal(before, File.ReadAllText(few));
    }

    /// <summary>Numbers keep their digits where they are large beside how they differ, and equal targets have no R².</summary>
    [SkippableFact]
    public void DigitsAreKept()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "line.csv"), "x,y,c\n" + string.Join('\n', Enumerable.Range(0, 20).Select(i => FormattableString.Invariant($"{X(i)},{1234567 + 0.01 * i},0.1"))));
        Train("""
            { "data": { "type": "csv", "path": "line.csv", "targets": ["y", "c"] }, "network": { "input": { "type": "numbers", "shape": [1] }, "layers": [{ "type": "dense", "units": 2 }] },
              "training": { "loss": { "type": "meanPower" }, "optimiser": { "type": "adam", "learningRate": 0.1 }, "strategy": { "type": "simple", "epochs": 40 } } }
            """);
        var run = CliRun.Of("ntk", "predict", Run);
        var lines = run.Output.Split('\n');
        Assert.StartsWith("3,1234567.03,0.1,1234567.0", lines[4], StringComparison.Ordinal);
        Assert.NotEqual(lines[4].Split(',')[3], lines[5].Split(',')[3]);
        Assert.Contains("c: mean absolute error", run.Error, StringComparison.Ordinal);
        Assert.Contains("R² not a number", run.ErrorLines[^1], StringComparison.Ordinal);
    }

    /// <summary>A file that does not say how its data were encoded is taken for one that learnt from the data given: scaled by the part of them that is learnt.</summary>
    [SkippableFact]
    public void AModelWithoutEncodingIsThatOfItsData()
    {
        TrainLine();
        var (bare, config) = (Path.Combine(folder, "bare.h5"), Path.Combine(folder, "line.json"));
        var all = Predict(Run);
        using (var network = ModelFile.Read(Path.Combine(Run, "model.h5")))
        {
            ModelFile.Write(bare, network);
        }
        var run = CliRun.Of("ntk", "predict", bare, config, "--json");
        Assert.Contains("does not say how the data were encoded", run.Error, StringComparison.Ordinal);
        Assert.Equal(all["predictions"]!.ToJsonString(), JsonNode.Parse(run.Output)!["predictions"]!.ToJsonString());
    }

    /// <summary>More outputs than classes; logits of a variational auto-encoder are made probabilities.</summary>
    [SkippableFact]
    public void OutputsAreWhatTheLossTakesThemFor()
    {
        Libtorch.RequireWithHdf5();
        Train("""
            { "data": { "type": "circle", "count": 60 }, "network": { "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 3 }] },
              "training": { "loss": { "type": "crossEntropy" }, "strategy": { "type": "simple", "epochs": 2 } }, "recorders": [{ "of": "test", "record": ["accuracy"] }] }
            """);
        var found = Predict(Run, "--of", "test");
        using (var file = ArrayReader.Open(Path.Combine(Run, "recording.h5")))
        {
            Assert.Equal(file.Read("test/accuracy")[^1], (double)found["accuracy"]!, 1e-12);
        }
        var classes = found["predictions"]!.AsObject();
        Assert.Equal(["outside", "inside", "component2"], classes.Select(c => c.Key));
        Assert.True((bool)found["areProbabilities"]!);
        Assert.Equal(1, classes.Sum(c => (double)c.Value![0]!), 1e-6);

        Train("""
            { "data": { "type": "shapes", "count": 30, "size": 6 }, "reconstruct": true,
              "network": { "input": { "type": "numbers", "shape": [36] }, "layers": [{ "type": "variationalAutoEncoder", "latent": 2, "encoder": [{ "type": "dense", "units": 4 }], "decoder": [{ "type": "dense", "units": 36 }] }] },
              "training": { "loss": { "type": "variational", "binary": true }, "strategy": { "type": "simple", "epochs": 2 } } }
            """, "--overwrite");
        var pixels = CliRun.Of("ntk", "predict", Run);
        Assert.All(pixels.Output.Split('\n')[1].Split(',')[1..], p => Assert.InRange(double.Parse(p, CultureInfo.InvariantCulture), 0, 1));
        Assert.Contains("and 28 more, which --json has", pixels.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(9, pixels.ErrorLines.Length);

        var numbers = Path.Combine(folder, "vae.json");
        File.WriteAllText(Path.Combine(folder, "n.csv"), "x,z\n1,2\n3,5\n");
        File.WriteAllText(numbers, """
            { "data": { "type": "csv", "path": "n.csv", "targets": [], "trainFraction": 1 }, "reconstruct": true,
              "network": { "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "variationalAutoEncoder", "latent": 1, "encoder": [{ "type": "dense", "units": 4 }], "decoder": [{ "type": "dense", "units": 2 }] }] },
              "training": { "loss": { "type": "variational", "binary": true }, "strategy": { "type": "simple", "epochs": 2 } } }
            """);
        Assert.Contains("binary is true, but the targets are from -1 to 1; expected probabilities", CliRun.Of("ntk", "train", numbers, "--out", Path.Combine(folder, "vae")).Error, StringComparison.Ordinal);

        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Equal(130, CliRun.Of(stopped.Token, "ntk", "predict", Run).ExitCode);

        // Sequences have the accuracy that a recorder gives them.
        Train("""
            { "data": { "type": "tokens", "length": 3, "vocabulary": 4, "count": 40, "task": "copy" },
              "network": { "input": { "type": "tokens", "length": 3 }, "layers": [{ "type": "embedding", "vocabulary": 4, "width": 8 }, { "type": "dense", "units": 4 }] },
              "training": { "loss": { "type": "crossEntropy" }, "optimiser": { "type": "adam", "learningRate": 0.03 }, "strategy": { "type": "simple", "epochs": 2 } }, "recorders": [{ "record": ["accuracy"] }] }
            """, "--overwrite");
        using (var file = ArrayReader.Open(Path.Combine(Run, "recording.h5")))
        {
            Assert.Equal(file.Read("training/accuracy")[^1], (double)Predict(Run, "--of", "training")["accuracy"]!, 1e-12);
        }
    }

    /// <summary>Rows without a target, which are not learnt from, are predicted; the split is that of the training all the same.</summary>
    [SkippableFact]
    public void ASplitIsThatOfTheTraining()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "line.csv"), "x,y\n" + string.Join('\n', Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{X(i)},{(i % 4 == 0 ? "?" : $"{i}")}"))));
        Train("""
            { "data": { "type": "csv", "path": "line.csv", "targets": ["y"], "missing": "drop" }, "network": { "input": { "type": "numbers", "shape": [1] }, "layers": [{ "type": "dense", "units": 1 }] },
              "training": { "loss": { "type": "meanPower" }, "strategy": { "type": "simple", "epochs": 2 } }, "recorders": [{ "record": ["loss"] }, { "of": "test", "record": ["loss"] }] }
            """);
        using var file = ArrayReader.Open(Path.Combine(Run, "recording.h5"));
        foreach (var part in new[] { "training", "test" })
        {
            Assert.Equal(file.Read($"{part}/dataRows"), Predict(Run, "--of", part)["rows"]!.AsArray().Select(r => (double)(int)r!));
        }
        Assert.Equal(40, Predict(Run)["rows"]!.AsArray().Count);
        Assert.Equal(30, (int)Predict(Run)["errors"]!["y"]!["samples"]!);
        Assert.Contains("--data is", CliRun.Of("ntk", "predict", Run, Path.Combine(folder, "drawn.json"), "--data", "x.csv").Error + CliRun.Of("ntk", "predict", Run, WriteDrawn(), "--data", "x.csv").Error, StringComparison.Ordinal);

        string WriteDrawn()
        {
            var drawn = Path.Combine(folder, "drawn.json");
            File.WriteAllText(drawn, """{ "type": "circle" }""");
            return drawn;
        }
    }

    /// <summary>A model of before, of an auto-encoder: what was learnt is in the file of its training.</summary>
    [SkippableFact]
    public void AnAutoEncoderWithoutEncodingGivesItsInputs()
    {
        Libtorch.RequireWithHdf5();
        Train("""
            { "data": { "type": "shapes", "count": 20, "size": 6 }, "reconstruct": true,
              "network": { "input": { "type": "numbers", "shape": [36] }, "layers": [{ "type": "dense", "units": 36 }] },
              "training": { "loss": { "type": "meanPower" }, "strategy": { "type": "simple", "epochs": 1 } } }
            """);
        var before = Predict(Run);
        var model = Path.Combine(Run, "model.h5");
        using (var network = ModelFile.Read(model))
        {
            ModelFile.Write(model, network);
        }
        Assert.Equal(before["errors"]!.ToJsonString(), Predict(Run)["errors"]!.ToJsonString());
        Assert.Equal("component0", before["targets"]!.AsObject().First().Key);
        Assert.Contains("inputs are numbers as they are, but the network learnt from numbers over 255", OfCsv(), StringComparison.Ordinal);

        string OfCsv()
        {
            Train("""
                { "data": { "type": "shapes", "count": 20, "size": 6 }, "network": { "input": { "type": "numbers", "shape": [36] }, "layers": [{ "type": "dense", "units": 4 }] },
                  "training": { "loss": { "type": "crossEntropy" }, "strategy": { "type": "simple", "epochs": 1 } } }
                """, "--overwrite");
            File.WriteAllText(Path.Combine(folder, "p.csv"), string.Join(',', Enumerable.Range(0, 36)) + "\n");
            File.WriteAllText(Path.Combine(folder, "p.json"), """{ "type": "csv", "path": "p.csv", "targets": [], "header": false }""");
            return CliRun.Of("ntk", "predict", Run, Path.Combine(folder, "p.json")).Error;
        }
    }

    /// <summary>An auto-encoder is judged by its inputs, in their units.</summary>
    [SkippableFact]
    public void WhatIsReconstructedIsTheInput()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "line.csv"), "x,z,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{100 + X(i)},{i % 2},{i}\n"))));
        Train("""
            { "data": { "type": "csv", "path": "line.csv", "targets": ["y"] }, "reconstruct": true,
              "network": { "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "autoEncoder", "encoder": [{ "type": "dense", "units": 2 }], "decoder": [{ "type": "dense", "units": 2 }] }] },
              "training": { "loss": { "type": "meanPower" }, "optimiser": { "type": "adam", "learningRate": 0.05 }, "strategy": { "type": "simple", "epochs": 40 } },
              "recorders": [{ "record": ["loss"] }] }
            """);
        var found = Predict(Run);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => 100 + X(i)), Numbers(found["targets"]!["x"]!));
        Assert.InRange((double)found["errors"]!["x"]!["r2"]!, 0.9, 1);
        Assert.InRange((double)found["errors"]!["z"]!["r2"]!, 0.9, 1);
        var latent = Predict(Run, "--output", "latent");
        Assert.Null(latent["targets"]);
        Assert.Equal(["component0", "component1"], latent["predictions"]!.AsObject().Select(p => p.Key));
    }

    [SkippableTheory]
    [InlineData(new[] { "run", "--of", "some" }, "--of is 'some', expected one of all, training, test")]
    [InlineData(new[] { "line.json", "run/model.h5" }, "MODEL comes first, then DATA")]
    [InlineData(new[] { "line.json", "run" }, "MODEL comes first, then DATA")]
    [InlineData(new[] { "run", "line.csv" }, "which holds no JSON object; expected a file of ntk train or of data; for another table with the same columns give --data")]
    [InlineData(new[] { "nowhere.h5" }, "nowhere.h5', which does not exist")]
    [InlineData(new[] { "." }, "a folder without model.h5")]
    [InlineData(new[] { "other/model.h5" }, "DATA is missing, and there is no run.json beside")]
    [InlineData(new[] { "run", "--out", "run/model.h5" }, "is read by the same command")]
    [InlineData(new[] { "run", "--output", "latent" }, "the network has no output \"latent\"")]
    public void WhatIsWrongIsSaid(string[] arguments, string expected)
    {
        TrainLine();
        Directory.CreateDirectory(Path.Combine(folder, "other"));
        File.Copy(Path.Combine(Run, "model.h5"), Path.Combine(folder, "other", "model.h5"));
        var run = CliRun.Of(["ntk", "predict", .. arguments.Select(a => a is "." || a.Contains('/') || a.Contains('.') || a == "run" ? Path.Combine(folder, a) : a)]);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    /// <summary>run.json of a training is a file of one: the same network again, found in the same data, from wherever it lies.</summary>
    [SkippableFact]
    public void ATrainingCanBeRepeatedFromItsManifest()
    {
        TrainLine();
        var again = Path.Combine(folder, "elsewhere", "again");
        Directory.CreateDirectory(Path.Combine(folder, "elsewhere"));
        File.Copy(Path.Combine(Run, "run.json"), Path.Combine(folder, "elsewhere", "copy.json"));
        var run = CliRun.Of("ntk", "train", Path.Combine(folder, "elsewhere", "copy.json"), "--out", again);
        Assert.True(run.ExitCode == 0, run.Error);
        JsonNode Manifest(string of) => JsonNode.Parse(File.ReadAllText(Path.Combine(of, "run.json")))!;
        Assert.Equal((string)Manifest(Run)["inputHash"]!, (string)Manifest(again)["inputHash"]!);
        Assert.Equal((string)Manifest(Run)["outputs"]!["model.h5"]!["contentId"]!, (string)Manifest(again)["outputs"]!["model.h5"]!["contentId"]!);
        Assert.Contains(Path.Combine(folder, "line.csv"), Manifest(again)["files"]!.AsObject().Select(f => f.Key));
        Assert.Equal(Numbers(Predict(Run)["predictions"]!["y"]!), Numbers(Predict(again)["predictions"]!["y"]!));
        File.AppendAllText(Path.Combine(folder, "line.csv"), "1,1,1\n");
        var other = CliRun.Of("ntk", "train", Path.Combine(again, "run.json"), "--out", Path.Combine(folder, "other"));
        Assert.Contains("the data are not those of the dataHash that the input has", other.Error, StringComparison.Ordinal);
        var wrong = CliRun.Of("ntk", "train", Path.Combine(Run, "run.json"), "--set", "kernel.sample=3", "--out", Path.Combine(folder, "wrong"));
        Assert.Contains("kernel.sample", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, wrong.ExitCode);
        var spectrum = CliRun.Of("ntk", "spectrum", Run, "--json");
        Assert.True(spectrum.ExitCode == 0, spectrum.Error);
        Assert.Equal(33, (int)JsonNode.Parse(spectrum.Output)!["samples"]!);
        Assert.Equal(41, (int)JsonNode.Parse(CliRun.Of("ntk", "spectrum", Run, "--of", "all", "--json").Output)!["samples"]!);
    }

    /// <summary>What is learnt is named by files that changed, where nothing else did; --check looks and writes nothing.</summary>
    [SkippableFact]
    public void DataThatChangedAreNotLearntFromFurther()
    {
        TrainLine();
        var config = Path.Combine(folder, "line.json");
        File.AppendAllText(Path.Combine(folder, "line.csv"), "1,1,1\n");
        var run = CliRun.Of("ntk", "train", config, "--out", Run, "--resume", "--set", "training.strategy.epochs=70");
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains($"{Path.Combine(folder, "line.csv")} changed since", run.ErrorLines[^1], StringComparison.Ordinal);

        var plan = CliRun.Of("ntk", "train", config, "--out", Path.Combine(folder, "none"), "--check", "--json");
        Assert.True(plan.ExitCode == 0, plan.Error);
        var found = JsonNode.Parse(plan.Output)!;
        Assert.Equal("[12,2]", found["parameters"]!["dense0.weight"]!.ToJsonString());
        Assert.Equal(120, (int)found["steps"]!);
        Assert.False(Directory.Exists(Path.Combine(folder, "none")));
        Assert.Contains("dense1.bias", CliRun.Of("ntk", "train", config, "--check").Output, StringComparison.Ordinal);
    }

    private static double X(int i) => (i - 20.5) / 10;

    private static double[] Numbers(JsonNode array) => [.. array.AsArray().Select(n => (double)n!)];

    private static JsonNode Predict(params string[] arguments)
    {
        var run = CliRun.Of(["ntk", "predict", .. arguments, "--json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonNode.Parse(run.Output)!;
    }

    private void TrainLine()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "line.csv"), "x,z,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{X(i)},{i % 2},{1000 + 50 * X(i)}\n"))));
        Train($$"""
            { "data": { "type": "csv", "path": "line.csv", "targets": ["y"] },
              "network": { "input": { "type": "numbers", "shape": [2] }, "layers": {{Layers}} },
              "training": { "loss": { "type": "meanPower" }, "optimiser": { "type": "adam", "learningRate": 0.02 }, "strategy": { "type": "simple", "epochs": 60 } },
              "recorders": [{ "record": ["loss"] }] }
            """);
    }

    private void Train(string config, params string[] options)
    {
        var file = Path.Combine(folder, "line.json");
        File.WriteAllText(file, config);
        var run = CliRun.Of(["ntk", "train", file, "--out", Run, .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
    }
}
