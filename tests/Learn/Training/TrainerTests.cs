using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Training;

[Collection(LibtorchCollection.Name)]
public sealed class TrainerTests : IDisposable
{
    private const string Noisy = """{ "input": { "type": "numbers", "shape": [3] }, "layers": [{ "type": "dense", "units": 8, "activation": "tanh" }, { "type": "batchNorm" }, { "type": "dropout", "rate": 0.2 }, { "type": "dense", "units": 1 }] }""";
    private const string Small = """{ "precision": "double", "input": { "type": "numbers", "shape": [3] }, "layers": [{ "type": "dense", "units": 8, "activation": "tanh" }, { "type": "dense", "units": 1 }] }""";

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>One parameter, y = w x at x = 1 with the target 0 and the loss w²: the gradient is 2w.</summary>
    [SkippableFact]
    public void OptimisersFollowTheirFormulas()
    {
        Libtorch.Require();
        const double start = 0.8;
        var (w, v) = (start, 0.0);
        Assert.Equal(Expected(3, () => w -= 0.1 * (v = 0.9 * v + 2 * w + 0.05 * w)), After(3, new SgdSettings { LearningRate = 0.1, Momentum = 0.9, WeightDecay = 0.05 }), 1e-15);
        foreach (var decoupled in new[] { false, true })
        {
            (w, v) = (start, 0);
            var (m, t) = (0.0, 0);
            var expected = Expected(3, () =>
            {
                t++;
                w *= decoupled ? 1 - 0.1 * 0.05 : 1;
                var g = 2 * w + (decoupled ? 0 : 0.05 * w);
                // The gradient is taken before the decay.
                g = decoupled ? g / (1 - 0.1 * 0.05) : g;
                m = 0.9 * m + 0.1 * g;
                v = 0.99 * v + 0.01 * g * g;
                return w -= 0.1 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.99, t))) + 1e-8);
            });
            OptimiserSettings settings = decoupled
                ? new AdamWSettings { LearningRate = 0.1, Beta2 = 0.99, WeightDecay = 0.05 }
                : new AdamSettings { LearningRate = 0.1, Beta2 = 0.99, WeightDecay = 0.05 };
            Assert.Equal(expected, After(3, settings), 1e-14);
        }
        // tr K = x² = 1, whatever w is.
        (w, v) = (start, 0);
        Assert.Equal(Expected(3, () => w -= 0.3 / (1 + 1e-8) * (v = 0.5 * v + 2 * w)), After(3, new TraceSettings { Scale = 0.3, Momentum = 0.5 }), 1e-15);

        static double Expected(int steps, Func<double> step)
        {
            var last = 0.0;
            for (var k = 0; k < steps; k++)
            {
                last = step();
            }
            return last;
        }

        static double After(int epochs, OptimiserSettings optimiser)
        {
            using var scope = new TensorScope();
            var definition = new NetworkDefinition
            {
                Precision = Precision.Double,
                Input = new NumbersInput { Sizes = [1] },
                Layers = [new DenseLayer { Units = 1, Bias = false }],
            };
            using var network = new Network(definition, 1);
            network.Parameters[0].Value.requires_grad = false;
            network.Parameters[0].Value.copy_(torch.tensor([start], [1, 1]));
            network.Parameters[0].Value.requires_grad = true;
            var data = new TensorSamples(torch.tensor([1.0], [1, 1]), torch.tensor([0.0], [1, 1]));
            using var trainer = new Trainer(network, data, Settings(optimiser, new SimpleStrategy { Epochs = epochs }));
            trainer.Run([]);
            return network.Parameters[0].Value.item();
        }
    }

    /// <summary>Stopped in the middle of an epoch, saved, read by another trainer: every bit as if it had not been, with momentum, dropout and running averages.</summary>
    [SkippableTheory]
    [InlineData("""{ "type": "simple", "epochs": 4, "batchSize": 8 }""")]
    [InlineData("""{ "type": "lossAwareReservoir", "epochs": 4, "batchSize": 8, "reservoirSize": 20, "latestPoints": 3 }""")]
    [InlineData("""{ "type": "partitioned", "phases": [{ "epochs": 2, "first": -9, "batchSize": 3 }, { "epochs": 2, "batchSize": 16 }] }""")]
    [InlineData("""{ "type": "recursive", "threshold": 1e-9, "scaleFactor": 1.5, "resetAfter": 2, "maximumRounds": 4, "inner": { "type": "simple", "epochs": 1, "batchSize": 8 } }""")]
    public void ATrainingThatWasStoppedGoesOnToTheSameBits(string strategy)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var data = Wave(37, ScalarType.Float32);
        var settings = Settings(new AdamSettings { LearningRate = 0.01 }, StrictJson.Read<TrainingStrategy>(strategy, "strategy")) with { GradientClip = 0.5 };
        var whole = new Log();
        using var first = new Network(StrictJson.Read<NetworkDefinition>(Noisy, "net"), settings.Seed);
        using var straight = new Trainer(first, data, settings);
        straight.Run([whole]);
        Assert.True(straight.Step > 10);
        Assert.Equal((straight.Step, straight.Epoch), (straight.ExpectedSteps, straight.ExpectedEpochs));
        foreach (var stop in new[] { 1, straight.Step / 2, straight.Step - 1 })
        {
            var path = Path.Combine(folder, "checkpoint.h5");
            var log = new Log();
            using (var network = new Network(first.Definition, settings.Seed))
            using (var begun = new Trainer(network, data, settings))
            using (var cancel = new CancellationTokenSource())
            {
                Assert.Throws<OperationCanceledException>(() => begun.Run([log], () =>
                {
                    if (begun.Step == stop)
                    {
                        cancel.Cancel();
                    }
                }, cancel.Token));
                begun.Save(path, new Dictionary<string, string> { ["note"] = "kept" });
            }
            using var second = new Network(first.Definition, settings.Seed);
            using var resumed = new Trainer(second, data, settings);
            Assert.Equal("kept", resumed.Restore(path)["note"]);
            resumed.Run([log]);
            Assert.Equal(whole.Lines, log.Lines);
            Assert.Equal(Values(first), Values(second));
            resumed.Save(path);
            using var read = ModelFile.Read(path);
            Assert.Equal(Values(first), Values(read));
        }
        using var other = new Network(first.Definition, settings.Seed);
        using var wrong = new Trainer(other, data, settings with { Seed = 99 });
        Assert.Contains("of another training: training.seed is 99 and was 1", Assert.Throws<InputException>(() => wrong.Restore(Path.Combine(folder, "checkpoint.h5"))).Message);
    }

    /// <summary>One that is done, or was stopped, and then made longer: every bit as if it had been that long from the start.</summary>
    [SkippableTheory]
    [InlineData("""{ "type": "simple", "epochs": EPOCHS, "batchSize": 8 }""", 2, 4)]
    [InlineData("""{ "type": "lossAwareReservoir", "epochs": EPOCHS, "batchSize": 8, "reservoirSize": 20 }""", 2, 4)]
    [InlineData("""{ "type": "partitioned", "phases": [{ "epochs": 2, "first": -9 }, { "epochs": EPOCHS, "batchSize": 16 }] }""", 1, 3)]
    [InlineData("""{ "type": "recursive", "threshold": 1e-9, "resetAfter": 2, "maximumRounds": EPOCHS, "inner": { "type": "simple", "epochs": 1, "batchSize": 8 } }""", 2, 5)]
    public void ATrainingThatIsMadeLongerHasTheBitsOfALongOne(string strategy, int few, int many)
    {
        var error = MadeLonger(strategy.Replace("EPOCHS", $"{few}"), strategy.Replace("EPOCHS", $"{many}"));
        Assert.Matches($@"of another training: training\.strategy\..+ is {few} and was {many}; expected the same, or a larger training\.strategy\..+; go on", error);
    }

    [SkippableFact]
    public void PhasesMayBeAppended()
    {
        const string few = """{ "type": "partitioned", "phases": [{ "epochs": 2, "first": -9 }] }""";
        const string many = """{ "type": "partitioned", "phases": [{ "epochs": 2, "first": -9 }, { "epochs": 1, "count": 5 }, { "epochs": 2, "batchSize": 16 }] }""";
        Assert.Contains("training.strategy.phases is [", MadeLonger(few, many), StringComparison.Ordinal);
    }

    /// <summary>Checks one training after the other, and returns why the way back is refused.</summary>
    private string MadeLonger(string few, string many)
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var data = Wave(37, ScalarType.Float32);
        TrainingSettings Of(string strategy) => Settings(new AdamSettings { LearningRate = 0.01 }, StrictJson.Read<TrainingStrategy>(strategy, "strategy"));
        var path = Path.Combine(folder, "checkpoint.h5");
        using var first = new Network(StrictJson.Read<NetworkDefinition>(Noisy, "net"), 1);
        using var straight = new Trainer(first, data, Of(many));
        straight.Run([]);
        using (var network = new Network(first.Definition, 1))
        using (var begun = new Trainer(network, data, Of(few)))
        {
            begun.Run([]);
            Assert.True(begun.Moment.IsLast && begun.Step < straight.Step);
            begun.Save(path);
        }
        using var second = new Network(first.Definition, 1);
        using var longer = new Trainer(second, data, Of(many));
        longer.Restore(path);
        Assert.False(longer.Moment.IsLast);
        longer.Run([]);
        Assert.Equal((straight.Step, straight.Epoch, straight.Loss), (longer.Step, longer.Epoch, longer.Loss));
        Assert.Equal(Values(first), Values(second));
        longer.Save(path);
        var whole = Path.Combine(folder, "whole.h5");
        straight.Save(whole);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(path));
        using var shorter = new Trainer(second, data, Of(few));
        return Assert.Throws<InputException>(() => shorter.Restore(path)).Message;
    }

    [SkippableFact]
    public void StrategiesTakeTheSamplesTheyShould()
    {
        Libtorch.Require();
        var asked = new List<Loss?>();
        EpochContext Epoch(int number) => new(7, number, number, 1, 10, metric =>
        {
            asked.Add(metric);
            return [5, 1, 9, 2, 8, 3, 7, 4, 6, 0];
        });
        var simple = new SimpleStrategy { Epochs = 3, BatchSize = 4 };
        Assert.Equal([4, 4, 2], simple.Batches(Epoch(0)).Select(b => b.Length));
        Assert.Equal(Enumerable.Range(0, 10), simple.Batches(Epoch(0)).SelectMany(b => b).Order());
        Assert.Equal(simple.Batches(Epoch(1)).SelectMany(b => b), simple.Batches(Epoch(1)).SelectMany(b => b));
        Assert.NotEqual(simple.Batches(Epoch(0)).SelectMany(b => b), simple.Batches(Epoch(1)).SelectMany(b => b));
        // Every sample comes first about as often: 2000 epochs, 200 each, five standard deviations √(200 · 0.9) = 13.4.
        var firsts = Enumerable.Range(0, 2000).Select(e => simple.Batches(Epoch(e))[0][0]).GroupBy(i => i).Select(g => g.Count()).ToArray();
        Assert.Equal(10, firsts.Length);
        Assert.All(firsts, count => Assert.InRange(count, 200 - 67, 200 + 67));

        var reservoir = new ReservoirStrategy { Epochs = 1, BatchSize = 2, ReservoirSize = 4, LatestPoints = 2, Metric = new LpNorm() };
        var batches = reservoir.Batches(Epoch(0));
        Assert.Equal(2, batches.Length);
        Assert.All(batches, b => Assert.Equal([8, 9], b[2..]));
        Assert.Equal([0, 2, 4, 6], batches.SelectMany(b => b[..2]).Order());
        Assert.Equal([new LpNorm()], asked);

        var partitioned = new PartitionedStrategy();
        Assert.Equal(200, partitioned.EpochsOf(1));
        Assert.Equal([9], partitioned.Batches(Epoch(149)).SelectMany(b => b));
        Assert.Equal(10, partitioned.Batches(Epoch(150)).SelectMany(b => b).Count());
        Assert.Equal(220, partitioned.EpochsOf(1.1), 1.0);
    }

    [SkippableFact]
    public void ARecursiveTrainingEndsWhenItIsGoodEnoughOrGivenUp()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var data = Wave(20);
        // Rounds of 2, 3 and 5 (2 · 1.5² = 4.5) epochs of two steps.
        Assert.Equal(2 * (2 + 3 + 5), Steps(threshold: 1e-12, rounds: 3));
        Assert.Equal(2 * 2, Steps(threshold: 1e6, rounds: 3));

        long Steps(double threshold, int rounds)
        {
            using var network = new Network(StrictJson.Read<NetworkDefinition>(Small, "net"), 1);
            using var trainer = new Trainer(network, data, Settings(new SgdSettings { LearningRate = 0.01 }, new RecursiveStrategy
            {
                Inner = new SimpleStrategy { Epochs = 2, BatchSize = 10 },
                ScaleFactor = 1.5,
                Threshold = threshold,
                MaximumRounds = rounds,
            }));
            trainer.Run([]);
            return trainer.Step;
        }
    }

    [SkippableFact]
    public void ANetworkLearnsAndRecordersSeeItWhenTheyWant()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var data = Wave(64);
        using var network = new Network(StrictJson.Read<NetworkDefinition>(Small, "net"), 1);
        using var trainer = new Trainer(network, data, Settings(new AdamSettings { LearningRate = 0.02 }, new SimpleStrategy { Epochs = 100, BatchSize = 16 }));
        var before = trainer.Evaluate(data);
        var every = new Log { Schedule = new() { Every = 150 } };
        var epochs = new Log { Schedule = new() { EveryEpochs = 40 } };
        var decades = new Log { Schedule = new() { PerDecade = 2 } };
        var events = new Log { Schedule = new() { LossBelow = [0.1, 0.05] } };
        trainer.Run([every, epochs, decades, events]);
        Assert.True(trainer.Evaluate(data) < 0.02 * before);
        Assert.Equal([0, 150, 300, 400], every.Steps);
        Assert.Equal([0, 160, 320, 400], epochs.Steps);
        Assert.Equal([0, 1, 3, 10, 32, 100, 316, 400], decades.Steps);
        Assert.Equal(4, events.Steps.Count);
        Assert.True(double.IsNaN(every.First.Loss) && every.First.IsFirst);
        Assert.Equal(0, trainer.Evaluate(data) - trainer.Distances(data, new MeanPower()).Average(), 1e-15);
    }

    /// <summary>The trace of the optimiser is that of the kernel, the sum of all squared derivatives.</summary>
    [SkippableFact]
    public void TheTraceOptimiserTakesItsRateFromTheKernel()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var data = Wave(20);
        using var network = new Network(StrictJson.Read<NetworkDefinition>(Small, "net"), 1);
        using var kernel = new TangentKernel<double>(new() { Reduction = OutputReduction.SumTrace }, Workers.Single);
        var trace = kernel.Trace(new NetworkFactors<double>(network, data));
        Assert.Equal(NetworkJacobian.Compute(network, data.Range(0, 20)).Sum(j => j * j), trace, 1e-10 * trace);
        using var trainer = new Trainer(network, data, Settings(new TraceSettings { Scale = 2 }, new SimpleStrategy { Epochs = 1, BatchSize = 20 }));
        var log = new Log();
        trainer.Run([log]);
        Assert.Equal(2 / (trace + 1e-8), log.Last.LearningRate, 1e-12);
    }

    [SkippableFact]
    public void WhatGoesWrongIsOneLine()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = StrictJson.Read<NetworkDefinition>(Small, "net");
        Assert.Contains("inputs of sample 1 are not finite (1 such samples of 2)", Assert.Throws<InputException>(
            () => new TensorSamples(torch.tensor([1, 2, 3, 4, double.NaN, 6], [2, 3]))).Message);
        Assert.Contains("2 samples and 1 targets", Assert.Throws<InputException>(() => new TensorSamples(torch.tensor([1.0, 2], [2, 1]), torch.tensor([1.0], [1, 1]))).Message);
        using var network = new Network(definition, 1);
        using var wild = new Trainer(network, Wave(20), Settings(new SgdSettings { LearningRate = 1e200 }, new SimpleStrategy { Epochs = 5 }));
        var error = Assert.Throws<RunFailedException>(() => wild.Run([]));
        Assert.Contains("lower the learning rate", error.Message);
        Assert.Equal(4, error.ExitCode);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains("learningRate is -1", Refuse(Settings(new SgdSettings { LearningRate = -1 }, new SimpleStrategy { Epochs = 5 })));
        Assert.Contains("epochs is 0", Refuse(Settings(new AdamSettings(), new SimpleStrategy { Epochs = 0 })));
        Assert.Contains("has 20 samples from number 5, but the data has 20", Refuse(Settings(new AdamSettings(), new PartitionedStrategy { Phases = [new() { Epochs = 1, First = 5, Count = 20 }] })));
        Assert.Contains("the data has no targets", Assert.Throws<InputException>(() => new TensorSamples(torch.tensor([1.0], [1, 1])).TargetsOf([0])).Message);
        File.WriteAllText(Path.Combine(folder, "no.h5"), "no");
        Assert.Throws<InputException>(() => ModelFile.Read(Path.Combine(folder, "no.h5")));
        Assert.Contains("does not exist", Assert.Throws<InputException>(() => ModelFile.Read(Path.Combine(folder, "absent.h5"))).Message);

        string Refuse(TrainingSettings settings) => Assert.Throws<InputException>(() => new Trainer(network, Wave(20), settings)).Message;
    }

    /// <summary>Networks that cannot learn what they are given, whatever the loss.</summary>
    [SkippableFact]
    public void OutputsThatDoNotFitAreNamed()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        using var one = new Network(StrictJson.Read<NetworkDefinition>(Small, "test"), 1);
        var inputs = torch.tensor([.. Enumerable.Range(0, 12).Select(k => 0.1 * k)], [4, 3]);
        var classes = new TensorSamples(inputs, torch.tensor([0L, 1, 1, 0], [4]));
        foreach (var loss in new Loss[] { new MeanPower(), new CrossEntropy() })
        {
            var refusal = Assert.Throws<InputException>(() => loss.Mean(one.Forward(classes.Range(0, 4)), classes.Targets!)).Message;
            Assert.Contains("classes 0 to 1, but the network gives 1 number; expected one for each class; give the last layer 2 units or more", refusal, StringComparison.Ordinal);
        }
        var graph = new NetworkDefinition { Input = new GraphInput { NodeFeatures = 2 }, Layers = [new DenseLayer { Units = 1 }] };
        Assert.Contains("put a readout behind", Assert.Throws<InputException>(() => new Network(graph, 1)).Message, StringComparison.Ordinal);
        using var empty = new Network(new() { Input = new NumbersInput { Sizes = [3] }, Layers = [] }, 1);
        var settings = new TrainingSettings { Loss = new MeanPower(), Strategy = new SimpleStrategy { Epochs = 1 } };
        Assert.Contains("no layer has parameters", Assert.Throws<InputException>(() => new Trainer(empty, classes, settings)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AccuracyCountsTheLargestOutput()
    {
        Libtorch.Require();
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [2] },
            Layers = [new ActivationLayer { Function = Activation.Tanh }],
        };
        using var network = new Network(definition, 1);
        var inputs = torch.tensor([1.0, 0, 0, 1, 2, 3, 3, 2], [4, 2]);
        Assert.Equal(0.75, Accuracy.Of(network, new TensorSamples(inputs, torch.tensor([0L, 1, 1, 1], [4]))));
        Assert.Equal(0.75, Accuracy.Of(network, new TensorSamples(inputs, torch.tensor([1.0, 0, 0, 1, 0, 1, 0, 1], [4, 2]))));
    }

    [SkippableFact]
    public void AStepLeavesNothingBehind()
    {
        Libtorch.Require();
        _ = Libtorch.CountHandles();
        using var scope = new TensorScope();
        var data = Wave(64, ScalarType.Float32);
        using var network = new Network(StrictJson.Read<NetworkDefinition>(Noisy, "net"), 1);
        using var trainer = new Trainer(network, data, Settings(new AdamSettings(), new SimpleStrategy { Epochs = 3, BatchSize = 16 }));
        var live = new List<long>();
        trainer.Run([], () => live.Add(torch.LiveHandles));
        Assert.Equal(12, live.Count);
        Assert.Single(live.Distinct());
    }

    /// <summary>Three numbers and a wave of their sum.</summary>
    private static TensorSamples Wave(int count, ScalarType type = ScalarType.Float64)
    {
        var random = new Random(3);
        double[] x = [.. Enumerable.Range(0, 3 * count).Select(_ => 2 * random.NextDouble() - 1)];
        double[] y = [.. Enumerable.Range(0, count).Select(i => Math.Sin(x[3 * i] + x[3 * i + 1] - x[3 * i + 2]))];
        return new(torch.tensor(x, [count, 3], type, "cpu"), torch.tensor(y, [count, 1], type, "cpu"));
    }

    private static TrainingSettings Settings(OptimiserSettings optimiser, TrainingStrategy strategy) => new()
    {
        Loss = new MeanPower(),
        Optimiser = optimiser,
        Strategy = strategy,
    };

    private static double[] Values(Network network) => [.. network.Parameters.Concat(network.Buffers).SelectMany(p => p.Value.to_double())];

    private sealed class Log : ITrainingRecorder
    {
        public RecordingSchedule Schedule { get; init; } = new() { Every = 1 };

        public List<string> Lines { get; } = [];

        public List<long> Steps { get; } = [];

        public TrainingMoment First { get; private set; } = null!;

        public TrainingMoment Last { get; private set; } = null!;

        public void Record(TrainingMoment moment)
        {
            First ??= moment;
            Last = moment;
            Steps.Add(moment.Step);
            Lines.Add($"{moment.Step} {moment.Epoch} {moment.Loss:R} {moment.LowestLossBefore:R} {moment.IsLast} {moment.EndsEpoch} {moment.Network.Parameters[0].Value.to_double()[0]:R}");
        }
    }
}
