using System.Numerics;
using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;

namespace Engine.Learn.Training;

/// <summary>
/// Trains a network. What it does next depends on its settings, the data and the steps so far only: a training that was stopped and goes on gives the bits of one that was not.
/// </summary>
public sealed class Trainer : ITrainer
{
    private const string State = "optimiser.";

    private readonly TrainingSettings settings;
    private readonly SampleSet data;
    private readonly SampleSet? test;
    private readonly Optimiser optimiser;
    private readonly Workers workers;
    private int[][] batches = [];
    private long step;
    private long epoch;
    private int epochOfRound;
    private int round;
    private int resets;
    private int batch;
    private double loss = double.NaN;
    private double lowestLoss = double.PositiveInfinity;
    private double lowestLossBefore = double.PositiveInfinity;
    private bool finished;

    /// <param name="network">Belongs to the caller.</param>
    /// <param name="data">Samples to learn, with targets.</param>
    /// <param name="settings">How.</param>
    /// <param name="test">Samples that decide whether a recursive training goes on; null: <paramref name="data"/>.</param>
    /// <param name="workers">For traces of kernels.</param>
    /// <exception cref="InputException">Settings out of range.</exception>
    public Trainer(Network network, SampleSet data, TrainingSettings settings, SampleSet? test = null, Workers? workers = null)
    {
        settings.Check(data.Count);
        if (network.ParameterCount == 0)
        {
            throw new InputException("network: no layer has parameters, expected one that learns, such as {\"type\":\"dense\",\"units\":1}");
        }
        foreach (var targets in new[] { data.Targets, test?.Targets })
        {
            if (targets is not null)
            {
                settings.Loss.CheckTargets(targets);
            }
        }
        (Network, this.data, this.settings, this.test, this.workers) = (network, data, settings, test, workers ?? Workers.Single);
        optimiser = settings.Optimiser.Create(network);
        torch.set_num_threads(settings.TorchThreads);
    }

    public Network Network { get; }

    /// <summary>Steps so far.</summary>
    public long Step => step;

    /// <summary>Epochs so far, begun ones included.</summary>
    public long Epoch => epoch;

    /// <summary>Loss of the last batch, before its step.</summary>
    public double Loss => loss;

    /// <summary>Epochs in all, as far as they are known: further rounds of a recursive training come on top.</summary>
    public long ExpectedEpochs => Enumerable.Range(0, round + 1).Sum(r => (long)settings.Strategy.EpochsOf(FactorOf(r)));

    /// <summary>The same of steps.</summary>
    public long ExpectedSteps => Enumerable.Range(0, round + 1).Sum(r => settings.Strategy.StepsOf(FactorOf(r), data.Count));

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, double>> Facts => settings.Strategy is RecursiveStrategy ? [new("rounds", round + 1), new("times the network began anew", resets)] : [];

    /// <inheritdoc/>
    public string? Shortfall => finished && settings.Strategy is RecursiveStrategy { Threshold: var threshold } && Evaluate(test ?? data) is var reached && !(reached <= threshold)
        ? FormattableString.Invariant($"the loss of {(test is null ? "the training" : "the test")} is {reached:G4} after {round + 1} rounds, expected at most {threshold:G4} (training.strategy.threshold); raise training.strategy.maximumRounds and --resume")
        : null;

    /// <inheritdoc/>
    public TrainingMoment Moment => new(Network, step, epoch, loss, lowestLossBefore, optimiser.LearningRate, step == 0, finished, step > 0 && batch == batches.Length)
    {
        Round = round,
    };

    private double Factor => FactorOf(round);

    private double FactorOf(int number) => settings.Strategy is RecursiveStrategy recursive ? Math.Pow(recursive.ScaleFactor, number) : 1;

    private ulong DrawSeed => settings.Seed + (ulong)resets;

    /// <summary>Trains to the end.</summary>
    /// <param name="recorders">Look before the first step, after the last one, and between as they want.</param>
    /// <param name="afterStep">Called after each step, once recorders have looked: for progress, and for checkpoints by <see cref="Save"/>.</param>
    /// <param name="cancellation">Ends it after the step that is under way; <see cref="Save"/> then has everything to go on.</param>
    /// <exception cref="RunFailedException">A loss or a parameter became NaN or infinite.</exception>
    public void Run(IReadOnlyList<ITrainingRecorder> recorders, Action? afterStep = null, CancellationToken cancellation = default)
    {
        foreach (var recorder in recorders)
        {
            recorder.Schedule.Check("recorder");
        }
        if (step == 0 && batches.Length == 0)
        {
            RecordingSchedule.Look(recorders, Moment);
        }
        while (!finished)
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch == batches.Length)
            {
                Begin();
            }
            using (new TensorScope())
            {
                Learn(batches[batch]);
            }
            batch++;
            if (batch == batches.Length)
            {
                epochOfRound++;
                finished = EndsHere();
            }
            RecordingSchedule.Look(recorders, Moment);
            afterStep?.Invoke();
        }
    }

    /// <summary>The mean loss over data, with the network as it is after training.</summary>
    public double Evaluate(SampleSet samples) => Distances(samples, settings.Loss).Average();

    /// <summary>A loss or distance for each sample.</summary>
    public double[] Distances(SampleSet samples, Losses.Loss metric) => Evaluation.Distances(Network, samples, metric);

    /// <summary>The share of samples whose largest output is that of their class.</summary>
    public double Accuracy(SampleSet samples) => Training.Accuracy.Of(Network, samples);

    /// <summary>Writes network, optimiser and counters.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">What else is to be kept with them.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? texts = null)
    {
        var archive = ModelFile.ArchiveTraining(Network, settings, texts);
        ModelFile.Save(optimiser.State, State, archive);
        archive.Arrays["counters"] = ([8], (long[])[step, epoch, epochOfRound, round, resets, batch, optimiser.Steps, finished ? 1 : 0]);
        archive.Arrays["numbers"] = ([4], (double[])[loss, lowestLoss, lowestLossBefore, optimiser.LearningRate]);
        archive.Arrays["order"] = ([batches.Sum(b => b.Length)], batches.SelectMany(b => b).ToArray());
        archive.Arrays["batches"] = ([batches.Length], batches.Select(b => b.Length).ToArray());
        archive.Write(path);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Restore(string path)
    {
        var archive = ModelFile.ReadTraining(path, Network, settings, "training", $"strategy.{settings.Strategy.Length}");
        ModelFile.Restore(optimiser.State, State, archive, path);
        var c = (long[])archive.Arrays["counters"].Values;
        var n = (double[])archive.Arrays["numbers"].Values;
        (step, epoch, epochOfRound, round, resets, batch) = (c[0], c[1], (int)c[2], (int)c[3], (int)c[4], (int)c[5]);
        (loss, lowestLoss, lowestLossBefore) = (n[0], n[1], n[2]);
        optimiser.Restore(c[6], n[3]);
        var order = (int[])archive.Arrays["order"].Values;
        var next = 0;
        batches = [.. ((int[])archive.Arrays["batches"].Values).Select(length => order[next..(next += length)])];
        // What ended a shorter training need not end this one.
        finished = c[7] != 0 && EndsHere();
        return archive.Texts;
    }

    public void Dispose() => optimiser.Dispose();

    /// <summary>The next epoch.</summary>
    private void Begin()
    {
        if (epochOfRound == settings.Strategy.EpochsOf(Factor))
        {
            (round, epochOfRound) = (round + 1, 0);
            if (settings.Strategy is RecursiveStrategy recursive && round % recursive.ResetAfter == 0)
            {
                StartAnew();
            }
        }
        optimiser.Begin(epoch, () => Trace());
        batches = settings.Strategy.Batches(new(DrawSeed, epoch, epochOfRound, Factor, data.Count, metric => Distances(data, metric ?? settings.Loss)));
        batch = 0;
        epoch++;
    }

    private void Learn(int[] samples)
    {
        var given = WithNoise(data.Take(samples));
        var context = new ForwardContext(given)
        {
            IsTraining = true,
            Seed = DrawSeed,
            Step = step,
        };
        var value = settings.Loss.Mean(Network.Forward(context), data.TargetsOf(samples));
        loss = value.item();
        if (!double.IsFinite(loss))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"the loss is {loss} in step {step + 1} (epoch {epoch}), learning rate {optimiser.LearningRate:G3}; lower the learning rate, or set gradientClip"));
        }
        (lowestLossBefore, lowestLoss) = (lowestLoss, Math.Min(lowestLoss, loss));
        var gradients = Autograd.grad([value], [.. Network.Parameters.Select(p => p.Value)], allowUnused: true);
        using (Autograd.no_grad())
        {
            optimiser.Step(Optimiser.Clip(gradients, settings.GradientClip, FormattableString.Invariant($"in step {step + 1} (epoch {epoch}) at a loss of {loss:G6}")));
        }
        step++;
    }

    /// <summary>Latent noise of a variational auto-encoder.</summary>
    private Batch WithNoise(Batch given)
    {
        if (Network.Latent == 0)
        {
            return given;
        }
        var values = new double[given.Count * Network.Latent];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = NormalNoise.Generate(DrawSeed, RandomStream.LatentNoise, (uint)k, step).X;
        }
        return new()
        {
            Input = given.Input,
            Noise = torch.tensor(values, [given.Count, Network.Latent], Network.Type, Network.Device),
        };
    }

    private void StartAnew()
    {
        resets++;
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        using var fresh = new Network(Network.Definition, DrawSeed, Network.Device);
        foreach (var (old, drawn) in Network.Parameters.Concat(Network.Buffers).Zip(fresh.Parameters.Concat(fresh.Buffers)))
        {
            old.Value.copy_(drawn.Value);
        }
        optimiser.Reset();
    }

    /// <summary>Whether no epoch follows the one that has ended.</summary>
    private bool EndsHere() => epochOfRound == settings.Strategy.EpochsOf(Factor) && !GoesOn();

    /// <summary>Whether a recursive training has not reached its aim yet.</summary>
    private bool GoesOn() => settings.Strategy is RecursiveStrategy recursive && round + 1 < recursive.MaximumRounds && Evaluate(test ?? data) > recursive.Threshold;

    private double Trace() => Network.Type == ScalarType.Float64 ? Trace<double>() : Trace<float>();

    private double Trace<T>()
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var kernel = new TangentKernel<T>(new() { Reduction = OutputReduction.SumTrace }, workers);
        return kernel.Trace(new NetworkFactors<T>(Network, data));
    }
}
