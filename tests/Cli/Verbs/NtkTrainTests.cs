using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.IO.Hdf5;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Recording;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;
using Engine.Learn.Training;
using Engine.Tests.Cli.Runs;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

[Collection(LibtorchCollection.Name)]
public sealed class NtkTrainTests : IDisposable
{
    private const string Everything = """
        "loss", "accuracy", "batchLoss", "learningRate", "predictions", "kernel", "cosineKernel", "magnitudeDistribution", "selfEntropy", "magnitudeVariance", "trace", "meanTrace",
        "entropy", "effectiveEntropy", "covarianceEntropy", "effectiveCovarianceEntropy", "renyi2Entropy", "participationRatio", "eigenvalues", "normalisedEigenvalues", "subsets",
        "classEntropies", "crossEntropies", "classAlignments", "alignment", "drift", "distance", "overlap", "layerTraces", "layerEntropies", "lossDerivative", "lossDerivativeNorms",
        "predictedLossChange"
        """;

    private static readonly string Config = $$"""
        { "title": "Inside or outside",
          "data": { "type": "circle", "count": 60, "trainingCount": 40 },
          "network": { "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 8, "activation": "tanh" }, { "type": "dropout", "rate": 0.1 }, { "type": "dense", "units": 2 }] },
          "training": { "loss": { "type": "crossEntropy" }, "optimiser": { "type": "adam", "learningRate": 0.01 }, "strategy": { "type": "simple", "epochs": 4, "batchSize": 16 }, "seed": 5 },
          "kernel": { "samples": 24, "subsets": { "size": 12, "repeats": 3 } },
          "recorders": [
            { "when": { "everyEpochs": 2 }, "leading": 3, "norms": [{ "p": 1, "q": 1 }, { "p": 2, "q": 2 }], "record": [{{Everything}}] },
            { "name": "often", "when": { "every": 1 }, "record": ["trace", "loss"] },
            { "of": "test", "when": { "perDecade": 3 }, "record": ["loss", "accuracy", "entropy"] } ],
          "output": { "checkpointEvery": 1 } }
        """;

    private const string Agent = """
        { "network": { "input": { "type": "numbers", "shape": [4] }, "layers": [{ "type": "dense", "units": 6, "activation": "tanh" },
            { "type": "heads", "heads": [{ "name": "policy", "layers": [{ "type": "dense", "units": 2 }] }, { "name": "value", "layers": [{ "type": "dense", "units": 1 }] }] }] },
          "agent": { "ppo": { "iterations": 4, "environments": 2, "horizon": 32, "batchSize": 32, "epochs": 2 }, "states": 20 },
          "recorders": [
            { "name": "actor", "output": "policy", "when": { "everyEpochs": 1 }, "record": ["meanReturn", "batchLoss", "entropy", "trace", "drift"] },
            { "name": "critic", "output": "value", "when": { "every": 3 }, "record": ["entropy", "eigenvalues"] } ],
          "output": { "checkpointEvery": 1 } }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A folder of a training is judged by all files that run.json lists.</summary>
    [SkippableFact]
    public void WhatWasRecordedIsVerified()
    {
        var files = Train(Config, "run", []);
        var whole = CliRun.Of("verify", files.Path);
        Assert.Equal(ExitCode.Done, whole.ExitCode);
        Assert.Contains("recording.h5: sound, content ", whole.Output, StringComparison.Ordinal);
        Assert.Contains("model.h5: sound, content ", whole.Output, StringComparison.Ordinal);
        File.Copy(Train(Config, "other", ["--seed", "6"]).Model, files.Model, overwrite: true);
        File.Delete(files.Recording);
        var changed = CliRun.Of("verify", files.Path);
        Assert.Equal(ExitCode.CheckFailed, changed.ExitCode);
        Assert.Contains("recording.h5: run.json lists it, but it is not there", changed.Output, StringComparison.Ordinal);
        Assert.Contains("it was changed since", changed.Output, StringComparison.Ordinal);
    }

    /// <summary>Rounds of 1, 2, 3 epochs of two steps each, which never reach the threshold.</summary>
    [SkippableFact]
    public void RoundsOfARecursiveTrainingAreRecorded()
    {
        var files = Train(Config, "run", ["--set", """training.strategy={"type":"recursive","threshold":1e-9,"scaleFactor":2,"maximumRounds":3,"inner":{"type":"simple","epochs":1,"batchSize":20}}""",
            "--set", """recorders=[{"when":{"everyEpochs":1},"record":["loss"]}]"""]);
        using var file = ArrayReader.Open(files.Recording);
        Assert.Equal([0.0, 2, 4, 6, 8, 10, 12, 14], file.Read("training/step"));
        Assert.Equal([0.0, 0, 1, 1, 2, 2, 2, 2], file.Read("training/round"));
        using var plain = ArrayReader.Open(Train(Config, "other", []).Recording);
        Assert.DoesNotContain("training/round", plain.Names);
    }

    /// <summary>Every number of the last row again, by direct calls on the model that was written.</summary>
    [SkippableFact]
    public void ARecordingHasWhatTheLibraryComputes()
    {
        var files = Train(Config, "run", ["--threads", "2"]);
        using var file = ArrayReader.Open(files.Recording);
        Assert.Equal([0.0, 6, 12], file.Read("training/step"));
        Assert.Equal([0.0, 2, 4], file.Read("training/epoch"));
        Assert.Equal(Enumerable.Range(0, 13).Select(k => (double)k), file.Read("often/step"));
        // 10^(k/3), rounded, and the ends.
        Assert.Equal([0.0, 1, 2, 5, 10, 12], file.Read("test/step"));

        using var scope = new TensorScope();
        using var network = ModelFile.Read(files.Model);
        var input = LearningInput.ReadFile(Path.Combine(folder, "run.json"));
        using var data = input.Data!.Load(input.Definition, folder);
        int[] chosen = [.. file.Read("training/samples").Select(i => (int)i)];
        Assert.Equal(24, chosen.Distinct().Count());
        using var subset = new SampleSubset(data.Training, chosen);
        int[] classes = [.. chosen.Select(i => data.TrainingClasses![i])];
        Assert.Equal(classes.Select(c => (double)c), file.Read("training/classes"));
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        using var tangent = new TangentKernel<double>(new() { ByLayer = true }, Workers.Single);
        using var kernel = tangent.Compute(new NetworkFactors<double>(network, subset));
        using var start = new Network(input.Definition, 5);
        using var before = tangent.Compute(new NetworkFactors<double>(start, subset));
        var (k, k0) = (kernel.Sum.Values, before.Sum.Values);
        var variables = CollectiveVariables.Of(k, Workers.Single);
        using var trainer = new Trainer(network, data.Training, input.Training!);

        // Same bits: neither the number of threads nor whoever asks may change them.
        Same("loss", trainer.Evaluate(data.Training));
        Same("accuracy", trainer.Accuracy(data.Training));
        Same("entropy", variables.Entropy);
        Same("effectiveEntropy", variables.EffectiveEntropy);
        Same("covarianceEntropy", variables.CovarianceEntropy);
        Same("effectiveCovarianceEntropy", variables.CovarianceEntropy / Math.Log(24));
        Same("selfEntropy", variables.SelfEntropy);
        Same("magnitudeVariance", variables.MagnitudeVariance);
        Same("magnitudeDistribution", variables.MagnitudeDistribution);
        Same("trace", variables.Trace);
        Same("meanTrace", variables.MeanTrace);
        Same("participationRatio", variables.ParticipationRatio);
        Same("renyi2Entropy", variables.Renyi2Entropy);
        Same("eigenvalues", variables.Spectrum.Eigenvalues);
        Same("normalisedEigenvalues", variables.Spectrum.Probabilities);
        Same("kernel", Flat(k));
        Same("drift", KernelMeasures.Drift(k, k0, Workers.Single));
        Same("distance", KernelMeasures.Distance(k, k0, Workers.Single));
        var parts = new ClassKernels(kernel.Sum, classes, Workers.Single);
        Same("classEntropies", parts.Entropy(0), parts.Entropy(1));
        Same("crossEntropies", 0, parts.CrossEntropy(1, 0), parts.CrossEntropy(1, 0), 0);
        Same("layerTraces", [.. kernel.ByLayer.Select(l => KernelMeasures.Trace(l.Value.Values))]);
        Same("extrapolatedEntropy", SubsampledSpectrum.Of(k, 12, 3, 5, Workers.Single).Entropy);
        Assert.Equal("dense0\ndense2", file.Text("training/layers"));
        using (var targets = new MatrixBuffer<double>(24, 2))
        {
            for (var i = 0; i < 24; i++)
            {
                targets.Matrix[i, classes[i]] = 1;
            }
            Same("alignment", KernelMeasures.Alignment(k, targets.Matrix, Workers.Single));
        }
        // At the start nothing has moved.
        Assert.Equal(0, file.Read("training/drift", 0, 1)[0]);
        Assert.Equal(1, file.Read("training/overlap", 0, 1)[0], 1e-12);

        // ∂L/∂f = (softmax − one-hot)/n of what the network gave.
        var predictions = file.Read("training/predictions", 2, 1);
        var derivative = file.Read("training/lossDerivative", 2, 1);
        for (var i = 0; i < 24; i++)
        {
            var share = 1 / (1 + Math.Exp(predictions[2 * i + 1 - classes[i]] - predictions[2 * i + classes[i]]));
            // The network computes in single precision.
            Assert.Equal((share - 1) / 24, derivative[2 * i + classes[i]], 1e-7);
        }
        var norms = file.Read("training/lossDerivativeNorms", 2, 1);
        Assert.Equal(derivative.Sum(Math.Abs), norms[0], 1e-12);
        Assert.Equal(Math.Sqrt(derivative.Sum(g => g * g)), norms[1], 1e-12);
        // A trace that is asked for alone comes without a kernel: other sums, so other rounding.
        Assert.Equal(file.Read("often/trace")[^1], variables.Trace, 1e-12 * variables.Trace);

        void Same(string name, params double[] expected) => Assert.Equal(expected, file.Read($"training/{name}", 2, 1));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void ATrainingThatWasStoppedIsRecordedAsOneThatWasNot(bool agent)
    {
        var config = agent ? Agent : Config;
        var whole = Train(config, "whole", ["--threads", "1"]);
        // The first line of progress stops it after its first step or round.
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StopsAt("step ", stop);
        var cut = RunFolder.At(Path.Combine(folder, "cut"));
        string[] command = ["ntk", "train", Path.Combine(folder, "whole.json"), "--out", cut.Path, "--threads", "2"];
        Assert.Equal(130, Shell.Execute(command, new(output, error, IsTerminal: false, stop.Token)));
        Assert.Contains("--resume", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)RunManifest.Read(cut.Manifest)!["state"]);
        Assert.NotEqual(TrajectoryId.Logical(whole.Recording), TrajectoryId.Logical(cut.Recording));
        var done = CliRun.Of([.. command, "--resume"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(TrajectoryId.Logical(whole.Recording), TrajectoryId.Logical(cut.Recording));
        Assert.Equal(TrajectoryId.Logical(whole.Model), TrajectoryId.Logical(cut.Model));
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(cut.Checkpoint));
        var other = CliRun.Of([.. command, "--resume", "--seed", "9"]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains($"of another training: {(agent ? "agent.ppo" : "training")}.seed is 9 and was {(agent ? 1 : 5)}", other.ErrorLines[^1], StringComparison.Ordinal);
    }

    /// <summary>More epochs, or rounds of an agent, than it was begun with: recording and network of a training that was as long from the start; all else is refused by its name.</summary>
    [SkippableTheory]
    [InlineData(false, "training.strategy.epochs", "network.layers[0].units=9", "network.layers[0].units is 9 and was 8")]
    [InlineData(false, "training.strategy.epochs", "training.optimiser.learningRate=0.02", "training.optimiser.learningRate is 0.02 and was 0.01")]
    [InlineData(false, "training.strategy.epochs", "recorders[1].when.every=2", "recorders[1].when.every is 2 and was 1")]
    [InlineData(false, "training.strategy.epochs", "data.count=80", "data.count is 80 and was 60")]
    [InlineData(true, "agent.ppo.iterations", "agent.ppo.clip=0.3", "agent.ppo.clip is 0.3 and was 0.2")]
    [InlineData(true, "agent.ppo.iterations", "agent.states=21", "agent.states is 21 and was 20")]
    public void ATrainingThatIsMadeLongerIsRecordedAsALongOne(bool agent, string length, string other, string refusal)
    {
        var config = agent ? Agent : Config;
        var whole = Train(config, "whole", ["--set", $"{length}=7"]);
        var files = Train(config, "short", []);
        string[] command = ["ntk", "train", Path.Combine(folder, "short.json"), "--out", files.Path, "--resume"];
        var refused = CliRun.Of([.. command, "--set", $"{length}=7", "--set", other]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(refusal, Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        var longer = CliRun.Of([.. command, "--set", $"{length}=7"]);
        Assert.True(longer.ExitCode == 0, longer.Error);
        Assert.Equal(TrajectoryId.Logical(whole.Recording), TrajectoryId.Logical(files.Recording));
        Assert.Equal(TrajectoryId.Logical(whole.Model), TrajectoryId.Logical(files.Model));
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(files.Checkpoint));
        Assert.Contains("there is nothing to resume", CliRun.Of([.. command, "--set", $"{length}=7"]).Error, StringComparison.Ordinal);
        var shorter = CliRun.Of([.. command, "--set", $"{length}=5"]);
        Assert.Equal(2, shorter.ExitCode);
        Assert.Contains($"{length} is 5 and was 7; expected the same, or a larger {length}", Assert.Single(shorter.ErrorLines), StringComparison.Ordinal);
        // A folder that is taken shows before data are read and times are measured.
        var taken = CliRun.Of(["ntk", "train", Path.Combine(folder, "short.json"), "--out", files.Path]);
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("is not empty", Assert.Single(taken.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>After SIGKILL the recording can be read up to its last flush, and the training goes on from the checkpoint: rows beyond it are taken away.</summary>
    [SkippableFact]
    public void AKilledTrainingLeavesARecordingAndGoesOn()
    {
        string[] longer = ["--set", "training.strategy.epochs=60"];
        var whole = Train(Config, "whole", longer);
        var killed = RunFolder.At(Path.Combine(folder, "killed"));
        string[] command = ["ntk", "train", Path.Combine(folder, "whole.json"), "--out", killed.Path, .. longer];
        Assert.Equal(128 + 9, ChildProcess.Disturb(killed, command, child => child.Kill()).ExitCode);
        using (var file = ArrayReader.Open(killed.Recording))
        {
            var steps = file.Read("often/step");
            Assert.True(steps.Length > 1);
            Assert.Equal(Enumerable.Range(0, steps.Length).Select(k => (double)k), steps);
            Assert.All(file.Read("often/trace"), trace => Assert.True(trace > 0));
        }
        var done = CliRun.Of([.. command, "--resume"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(TrajectoryId.Logical(whole.Recording), TrajectoryId.Logical(killed.Recording));
        Assert.Equal(TrajectoryId.Logical(whole.Model), TrajectoryId.Logical(killed.Model));
    }

    /// <summary>Rows of the file behind each sample of a kernel, where rows were dropped and the rest shuffled: the diagonal of inputs that tell which row they are.</summary>
    [SkippableFact]
    public void SamplesAreTracedToRowsOfTheFile()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "rows.csv"), "x,y\n" + string.Concat(Enumerable.Range(0, 20).Select(k => k == 3 ? "?,0\n" : FormattableString.Invariant($"{k + 1},{0.1 * k}\n"))));
        var files = Train(
            """
            { "data": { "type": "csv", "path": "rows.csv", "targets": ["y"], "missing": "drop", "normalisation": "none", "trainingCount": 12 },
              "network": { "input": { "type": "numbers", "shape": [1] }, "layers": [{ "type": "dense", "units": 1 }] },
              "training": { "loss": { "type": "meanPower" }, "optimiser": { "type": "sgd", "learningRate": 0 }, "strategy": { "type": "simple", "epochs": 1 } },
              "kernel": { "samples": 7 }, "recorders": [{ "record": ["kernel"] }, { "of": "test", "record": ["kernel"] }] }
            """.Replace("\"learningRate\": 0 ", "\"learningRate\": 1e-300 ", StringComparison.Ordinal), "rows", []);
        using var file = ArrayReader.Open(files.Recording);
        foreach (var group in new[] { "training", "test" })
        {
            var (rows, kernel) = (file.Read($"{group}/dataRows"), file.Read($"{group}/kernel", 0, 1));
            Assert.Equal(7, rows.Length);
            Assert.DoesNotContain(3.0, rows);
            // Θ_ii = x² + 1.
            Assert.All(rows.Index(), r => Assert.Equal((r.Item + 1) * (r.Item + 1) + 1, kernel[8 * r.Index], 1e-9));
        }
        var numbers = CliRun.Of("ntk", "train", Path.Combine(folder, "rows.json"), "--out", Path.Combine(folder, "never"), "--set", "recorders[0].record=[\"accuracy\"]");
        Assert.Equal(2, numbers.ExitCode);
        Assert.Contains("accuracy cannot be recorded: the targets are neither classes nor probabilities of them", numbers.ErrorLines[^1], StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ATokenOutsideTheVocabularyIsNamed()
    {
        Libtorch.RequireWithHdf5();
        var run = CliRun.Of("ntk", "train", Path.Combine(Cells.Root, "examples", "ntk", "transformer.json"), "--out", Path.Combine(folder, "never"), "--set", "data.vocabulary=20");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("layer embedding0: the data has tokens up to 19, its vocabulary is of 8 tokens from 0 to 7; expected no others, or a vocabulary of 20 or more", run.ErrorLines[^1], StringComparison.Ordinal);
    }

    /// <summary>Given up, it says so, and how far it came; what was not learnt has no accuracy.</summary>
    [SkippableFact]
    public void ARecursiveTrainingThatIsGivenUpSaysSo()
    {
        Libtorch.RequireWithHdf5();
        var path = Write(Config, "given-up");
        string[] command = ["ntk", "train", path, "--out", Path.Combine(folder, "given-up"), "--set",
            "training.strategy={\"type\":\"recursive\",\"inner\":{\"type\":\"simple\",\"epochs\":1},\"threshold\":1e-6,\"maximumRounds\":3,\"resetAfter\":2}"];
        var run = CliRun.Of(command);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains(run.ErrorLines, line => line.Contains("warning: the loss of the test is", StringComparison.Ordinal) && line.Contains("after 3 rounds", StringComparison.Ordinal));
        var results = RunManifest.Read(RunFolder.At(Path.Combine(folder, "given-up")).Manifest)!["results"]!;
        Assert.Equal((3, 1), ((int)results["rounds"]!, (int)results["times the network began anew"]!));
        Assert.Single(results["warnings"]!.AsArray());
    }

    /// <summary>Stopped while it looks at the network for the first time, it goes on to the same bits.</summary>
    [SkippableFact]
    public void ATrainingThatWasStoppedBeforeItsFirstStepGoesOn()
    {
        Libtorch.RequireWithHdf5();
        var whole = Train(Config, "whole", []);
        var stopped = RunFolder.At(Path.Combine(folder, "stopped"));
        string[] command = ["ntk", "train", Path.Combine(folder, "whole.json"), "--out", stopped.Path];
        var run = CliRun.Of(new CancellationToken(canceled: true), command);
        Assert.Equal(130, run.ExitCode);
        var done = CliRun.Of([.. command, "--resume"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(TrajectoryId.Logical(whole.Recording), TrajectoryId.Logical(stopped.Recording));
    }

    /// <summary>Killed before its second checkpoint, it has rows already, of the first moment too.</summary>
    [SkippableFact]
    public void ATrainingThatWasKilledBeforeItsSecondCheckpointIsRecordedOnce()
    {
        Libtorch.RequireWithHdf5();
        var whole = Train(Config, "whole", []);
        var killed = RunFolder.At(Path.Combine(folder, "killed"));
        string[] command = ["ntk", "train", Path.Combine(folder, "whole.json"), "--out", killed.Path];
        Assert.Equal(130, CliRun.Of(new CancellationToken(canceled: true), command).ExitCode);
        File.Copy(whole.Recording, killed.Recording, overwrite: true);
        var done = CliRun.Of([.. command, "--resume"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(TrajectoryId.Logical(whole.Recording), TrajectoryId.Logical(killed.Recording));
    }

    /// <summary>What is recorded on a device is what the processor records, but for the order of sums; what learns is the same to the bit. A training that goes on does so on its device.</summary>
    [SkippableFact]
    public void KernelsAreRecordedOnADevice()
    {
        Libtorch.RequireWithHdf5();
        TestDevices.Require("opencl");
        var processor = Train(Config, "processor", ["--device", "cpu"]);
        var device = Train(Config, "device", ["--device", "opencl"]);
        Assert.Equal("opencl:0", (string?)RunManifest.Read(device.Manifest)!["device"]);
        Assert.Equal(TrajectoryId.Logical(processor.Model), TrajectoryId.Logical(device.Model));
        using (var expected = ArrayReader.Open(processor.Recording))
        using (var found = ArrayReader.Open(device.Recording))
        {
            foreach (var (name, tolerance) in new[] { ("training/entropy", 1e-10), ("training/layerTraces", 1e-10), ("training/crossEntropies", 1e-9), ("training/loss", 0) })
            {
                var (a, b) = (expected.Read(name), found.Read(name));
                Assert.Equal(a.Length, b.Length);
                Assert.All(a.Zip(b), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Max(1, Math.Abs(pair.First))));
            }
        }
        var longer = CliRun.Of("ntk", "train", Path.Combine(folder, "device.json"), "--out", device.Path, "--resume");
        Assert.True(longer.ExitCode == 0, longer.Error);
        Assert.Equal("opencl:0", (string?)RunManifest.Read(device.Manifest)!["device"]);
    }

    /// <summary>Kernels of the heads of the agent that was written, on the states that it never saw.</summary>
    [SkippableFact]
    public void AnAgentIsRecordedHeadByHead()
    {
        var files = Train(Agent, "agent", []);
        using var file = ArrayReader.Open(files.Recording);
        Assert.Equal([0.0, 1, 2, 3, 4], file.Read("actor/epoch"));
        using var scope = new TensorScope();
        using var network = ModelFile.Read(files.Model);
        var input = LearningInput.ReadFile(Path.Combine(folder, "agent.json"));
        using var workers = new Workers(1);
        using var again = new Engine.Learn.Recording.Learning(input, workers);
        var trainer = (Engine.Learn.Reinforcement.PpoTrainer)again.Trainer;
        var states = trainer.SampleStates(() => new Engine.Learn.Reinforcement.CartPole(), 20);
        using var tangent = new TangentKernel<double>(new(), workers);
        foreach (var (group, head) in new[] { ("actor", "policy"), ("critic", "value") })
        {
            using var kernel = tangent.Compute(new NetworkFactors<double>(network, states, head));
            Assert.Equal(CollectiveVariables.Of(kernel.Sum.Values, workers).Entropy, file.Read($"{group}/entropy")[^1]);
        }
        // Episodes of a pole that is pushed at random end within the round.
        Assert.True(file.Read("actor/meanReturn")[^1] > 5);
        Assert.Contains("<svg", File.ReadAllText(files.Report), StringComparison.Ordinal);
    }

    /// <summary>What README shows is a network that learns, beyond calling all points outside: 319 of 320 and 79 of 80 on the machine that it was written on.</summary>
    [SkippableFact]
    public void TheExampleOfTheReadmeLearns()
    {
        var readme = File.ReadAllText(Path.Combine(Cells.Root, "README.md"));
        const string fence = "```json";
        var start = readme.IndexOf(fence, readme.IndexOf("## Networks and their tangent kernels", StringComparison.Ordinal), StringComparison.Ordinal) + fence.Length;
        var files = Train(readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)], "readme", []);
        using var file = ArrayReader.Open(files.Recording);
        Assert.InRange(file.Read("training/accuracy")[^1], 0.98, 1);
        Assert.InRange(file.Read("test/accuracy")[^1], 0.95, 1);
        var entropy = file.Read("training/entropy");
        Assert.True(entropy[^1] > 2 * entropy[0]);
    }

    [SkippableFact]
    public void TheReportShowsWhatWasRecorded()
    {
        var files = Train(Config, "run", []);
        var page = File.ReadAllText(files.Report);
        foreach (var title in new[] { "Loss", "Accuracy", "Entropy S", "Effective entropies", "tr K", "Eigenvalues, training", "Drift from the first kernel", "Alignment with targets", "Entropy of classes", "tr K of layers", "Norms of the loss derivative" })
        {
            var at = page.IndexOf($"<figcaption>{title}</figcaption>", StringComparison.Ordinal);
            Assert.True(at > 0, title);
            var figure = page[at..page.IndexOf("</figure>", at, StringComparison.Ordinal)];
            Assert.Contains("<polyline points=\"", figure, StringComparison.Ordinal);
        }
        Assert.Contains("entropy of test, last", page, StringComparison.Ordinal);
        Assert.Contains("step 12", page, StringComparison.Ordinal);
        Assert.Contains("outside", page, StringComparison.Ordinal);
        var manifest = RunManifest.Read(files.Manifest)!;
        Assert.Equal("done", (string?)manifest["state"]);
        Assert.Equal(TrajectoryId.Logical(files.Recording), (string?)manifest["outputs"]!["recording.h5"]!["contentId"]);
        Assert.Equal(12, (int)manifest["results"]!["steps"]!);
        Assert.True((double)manifest["results"]!["entropy of test [nats]"]! > 0);
        Assert.Equal(64, ((string)manifest["input"]!["dataHash"]!).Length);
    }

    [SkippableTheory]
    [InlineData("kernle={}", "did you mean \"kernel\"")]
    [InlineData("recorders[0].record=[\"entropie\"]", "did you mean \"entropy\"")]
    [InlineData("recorders[0].record=[]", "record is empty")]
    [InlineData("recorders[1].name=\"test\"", "named \"test\"")]
    [InlineData("recorders[0].when.every=0", "recorder training: when.every is 0, expected 1 or more")]
    [InlineData("recorders[0].output=\"policy\"", "has no output \"policy\"")]
    [InlineData("recorders[0].record=[\"meanReturn\"]", "nobody acts")]
    [InlineData("kernel.memoryLimit=0.00001", "the memory limit of")]
    [InlineData("kernel.memoryLimit=-1", "memoryLimit is -1")]
    [InlineData("kernel.reduction=\"diagonal\"", "with the reduction diagonal")]
    [InlineData("kernel.reduction=\"singleOutput:7\"", "the network has 2")]
    [InlineData("kernel.reduction=\"mean\"", "is no reduction of outputs")]
    [InlineData("recorders[0].leading=25", "leading is 25, expected at most the 24 rows of the kernel")]
    [InlineData("kernel.subsets.size=30", "expected a size from 8 to the 24 samples")]
    [InlineData("data.trainFraction=1.5", "trainFraction")]
    [InlineData("network.layers[0].units=0", "units is 0")]
    [InlineData("network=\"absent.json\"", "absent.json")]
    [InlineData("training.strategy.batchSize=0", "batchSize is 0")]
    [InlineData("output.checkpointEvery=0", "checkpointEvery is 0")]
    [InlineData("data={\"type\":\"csv\",\"path\":\"rows.csv\",\"targets\":[\"u\",\"v\"]}", "loss crossEntropy: the targets are numbers that are no probabilities")]
    public void AMistakeIsOneLineAndLeavesNoFolder(string assignment, string expected)
    {
        Libtorch.RequireWithHdf5();
        var path = Write(Config, "bad");
        File.WriteAllText(Path.Combine(folder, "rows.csv"), "x,y,u,v\n1,2,3,-1\n4,5,6,1\n7,8,8,2\n0,1,2,1\n3,3,1,2\n");
        var run = CliRun.Of("ntk", "train", path, "--out", Path.Combine(folder, "never"), "--set", assignment);
        Assert.True(run.ExitCode == 2, run.Error);
        Assert.Contains(expected, Assert.Single(run.ErrorLines, line => !line.StartsWith("engine: training:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "never")));
    }

    [SkippableFact]
    public void WhatLearnsMustBeOneOfBothAndDataMustBeNumbers()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(Path.Combine(folder, "hole.csv"), "x,y\n1,2\n,3\nnan,4\n5,6\n");
        foreach (var (config, expected) in new[]
        {
            (Agent.Replace("\"agent\": {", "\"training\": { \"loss\": { \"type\": \"meanPower\" }, \"strategy\": { \"type\": \"simple\", \"epochs\": 1 } }, \"agent\": {"), "both training and agent"),
            (Agent.Replace("\"agent\": {", "\"data\": { \"type\": \"circle\" }, \"agent\": {"), "an agent makes its own"),
            (Agent.Replace("[\"entropy\", \"eigenvalues\"]", "[\"alignment\"]"), "an agent has no targets"),
            (Agent.Replace("\"policy\", \"when\"", "\"policy\", \"of\": \"test\", \"when\""), "samples of the test were asked for"),
            (Config.Replace("\"type\": \"circle\", \"count\": 60, \"trainingCount\": 40", "\"type\": \"csv\", \"path\": \"hole.csv\", \"targets\": [\"y\"]"), "hole.csv"),
        })
        {
            var run = CliRun.Of("ntk", "train", Write(config, "bad"), "--out", Path.Combine(folder, "never"));
            Assert.True(run.ExitCode == 2, run.Error + config);
            Assert.Contains(expected, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }
    }

    /// <summary>Running averages of batch norm are fixed while a kernel is computed; a loss that grows without limit ends the training with one line.</summary>
    [SkippableFact]
    public void ATrainingThatDivergesIsOneLine()
    {
        var config = Config.Replace("{ \"type\": \"dropout\", \"rate\": 0.1 }", "{ \"type\": \"batchNorm\" }");
        var files = Train(config, "norm", []);
        using (var file = ArrayReader.Open(files.Recording))
        {
            Assert.True(file.Read("training/entropy")[^1] > 0);
        }
        var run = CliRun.Of(
            "ntk", "train", Write(Config, "bad"), "--out", Path.Combine(folder, "diverges"), "--set", "training.loss={\"type\":\"meanPower\",\"order\":4}",
            "--set", "training.optimiser={\"type\":\"sgd\",\"learningRate\":1e6}");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("lower the learning rate", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal("failed", (string?)RunManifest.Read(RunFolder.At(Path.Combine(folder, "diverges")).Manifest)!["state"]);
    }

    private static double[] Flat(Matrix<double> matrix) => [.. Enumerable.Range(0, matrix.Rows).SelectMany(i => matrix.Row(i).ToArray())];

    private string Write(string config, string name)
    {
        var path = Path.Combine(folder, name + ".json");
        File.WriteAllText(path, config);
        return path;
    }

    private RunFolder Train(string config, string name, string[] arguments)
    {
        Libtorch.RequireWithHdf5();
        var files = RunFolder.At(Path.Combine(folder, name));
        var run = CliRun.Of(["ntk", "train", Write(config, name), "--out", files.Path, "--json", .. arguments]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(files.Path, (string?)JsonNode.Parse(run.Output)!["folder"]);
        return files;
    }

    /// <summary>Cancels when a line with a text comes.</summary>
    private sealed class StopsAt(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}
