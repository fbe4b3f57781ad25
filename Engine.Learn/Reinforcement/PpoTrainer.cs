using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Learn.Networks;
using Engine.Learn.Torch;
using Engine.Learn.Training;

namespace Engine.Learn.Reinforcement;

/// <summary>Trains an actor and its critic, two heads of one network, by proximal policy optimisation. The same settings and seed give the same bits.</summary>
public sealed class PpoTrainer : ITrainer
{
    /// <summary>Head of the network with a number for each action: unnormalised logarithms of probabilities.</summary>
    public const string PolicyHead = "policy";

    /// <summary>Head with one number: the rewards to be expected.</summary>
    public const string ValueHead = "value";

    /// <summary>Episodes over which <see cref="MeanReturn"/> is taken.</summary>
    private const int RecentEpisodes = 100;

    /// <summary>Keeps the normalised advantages finite where all are equal.</summary>
    private const double SmallestDeviation = 1e-8;

    private const string State = "optimiser.";

    private readonly PpoSettings settings;
    private readonly IEnvironment[] environments;
    private readonly Optimiser optimiser;
    private readonly double[] returns;
    private readonly Queue<double> finished = [];
    private long episodes;
    private long step;
    private int iteration;
    private double loss = double.NaN;
    private double lowestLoss = double.PositiveInfinity;
    private double lowestLossBefore = double.PositiveInfinity;

    /// <param name="network">Belongs to the caller; has the heads <see cref="PolicyHead"/> and <see cref="ValueHead"/>.</param>
    /// <param name="create">Makes an environment.</param>
    /// <param name="settings">How.</param>
    /// <exception cref="InputException">Settings out of range, or a network that does not fit the environment.</exception>
    public PpoTrainer(Network network, Func<IEnvironment> create, PpoSettings settings)
    {
        settings.Check();
        (Network, this.settings) = (network, settings);
        environments = [.. Enumerable.Range(0, settings.Environments).Select(_ => create())];
        returns = new double[environments.Length];
        foreach (var environment in environments)
        {
            StartEpisode(environment);
        }
        Check();
        optimiser = settings.Optimiser.Create(network);
        // With more, the bits would depend on how many this machine has.
        torch.set_num_threads(1);
    }

    public Network Network { get; }

    /// <inheritdoc/>
    public long Step => step;

    /// <summary>Rounds so far.</summary>
    public long Epoch => iteration;

    /// <inheritdoc/>
    public double Loss => loss;

    /// <inheritdoc/>
    public long ExpectedEpochs => settings.Iterations;

    /// <inheritdoc/>
    public long ExpectedSteps => (long)settings.Iterations * settings.Epochs * ((settings.Environments * settings.Horizon + settings.BatchSize - 1) / settings.BatchSize);

    /// <summary>Mean sum of rewards of the last hundred episodes that ended; NaN before any has.</summary>
    public double MeanReturn => finished.Count > 0 ? finished.Average() : double.NaN;

    /// <inheritdoc/>
    public bool CanBeSaved { get; private set; } = true;

    /// <summary>Where it is, between two rounds.</summary>
    public TrainingMoment Moment => MomentOf(endsRound: step > 0);

    private IEnvironment World => environments[0];

    /// <summary>Acts and learns to the end.</summary>
    /// <param name="recorders">Look before the first step of learning, after the last one, and between as they want; a round is an epoch.</param>
    /// <param name="afterStep">Called after each round.</param>
    /// <param name="cancellation">Ends it after the round that is under way.</param>
    /// <exception cref="RunFailedException">A loss became NaN or infinite.</exception>
    public void Run(IReadOnlyList<ITrainingRecorder> recorders, Action? afterStep = null, CancellationToken cancellation = default)
    {
        if (step == 0)
        {
            RecordingSchedule.Look(recorders, Moment);
        }
        while (iteration < settings.Iterations)
        {
            cancellation.ThrowIfCancellationRequested();
            var (experience, last) = Act();
            iteration++;
            CanBeSaved = false;
            Learn(experience, last, recorders);
            CanBeSaved = true;
            afterStep?.Invoke();
        }
    }

    /// <summary>States that the untrained policy passes through, a sample each: what kernels are computed of. Touches nothing of the training.</summary>
    /// <param name="create">Makes an environment.</param>
    /// <param name="count">How many.</param>
    /// <param name="every">Of so many steps one is taken, so that states are not all alike.</param>
    public TensorSamples SampleStates(Func<IEnvironment> create, int count, int every = 5)
    {
        var environment = create();
        var random = new RandomSequence(settings.Seed, RandomStream.Episodes, -1);
        environment.Reset(ref random);
        var width = environment.Observations;
        var states = new double[count * width];
        for (var k = 0; k < count; k++)
        {
            for (var wait = 0; wait < every; wait++)
            {
                if (environment.Step((int)(random.NextUniform() * environment.Actions) % environment.Actions).EndsEpisode)
                {
                    environment.Reset(ref random);
                }
            }
            environment.Observe(states.AsSpan(k * width, width));
        }
        return new(torch.tensor(states, [count, width], Network.Type, Network.Device));
    }

    /// <inheritdoc/>
    public void Save(string path, IReadOnlyDictionary<string, string>? texts = null)
    {
        var archive = ModelFile.ArchiveTraining(Network, settings, texts);
        ModelFile.Save(optimiser.State, State, archive);
        archive.Arrays["counters"] = ([4], (long[])[step, iteration, episodes, optimiser.Steps]);
        archive.Arrays["numbers"] = ([4], (double[])[loss, lowestLoss, lowestLossBefore, optimiser.LearningRate]);
        archive.Arrays["returns"] = ([returns.Length], returns);
        archive.Arrays["finished"] = ([finished.Count], finished.ToArray());
        archive.Arrays["environments"] = ([environments.Length, World.State.Length], environments.SelectMany(e => e.State).ToArray());
        archive.Write(path);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Restore(string path)
    {
        var archive = ModelFile.ReadTraining(path, Network, settings, "agent.ppo", "iterations");
        ModelFile.Restore(optimiser.State, State, archive, path);
        var c = (long[])archive.Arrays["counters"].Values;
        var n = (double[])archive.Arrays["numbers"].Values;
        (step, iteration, episodes, loss, lowestLoss, lowestLossBefore) = (c[0], (int)c[1], c[2], n[0], n[1], n[2]);
        optimiser.Restore(c[3], n[3]);
        ((double[])archive.Arrays["returns"].Values).CopyTo(returns, 0);
        finished.Clear();
        foreach (var value in (double[])archive.Arrays["finished"].Values)
        {
            finished.Enqueue(value);
        }
        var states = (double[])archive.Arrays["environments"].Values;
        var size = World.State.Length;
        foreach (var (k, environment) in environments.Index())
        {
            environment.State = states[(k * size)..((k + 1) * size)];
        }
        return archive.Texts;
    }

    public void Dispose() => optimiser.Dispose();

    private void Check()
    {
        using var scope = new TensorScope();
        using var none = Autograd.no_grad();
        var outputs = Network.Forward(new Batch { Input = Observe() });
        var (policy, value) = (outputs[PolicyHead].shape, outputs[ValueHead].shape);
        if (policy is not [_, var actions] || actions != World.Actions || value is not [_, 1])
        {
            throw new InputException(
                $"ppo: the heads {PolicyHead} and {ValueHead} have [{string.Join(", ", policy[1..])}] and [{string.Join(", ", value[1..])}] numbers, expected [{World.Actions}], one for each action, and [1]");
        }
    }

    private void StartEpisode(IEnvironment environment)
    {
        var random = new RandomSequence(settings.Seed, RandomStream.Episodes, episodes++);
        environment.Reset(ref random);
    }

    /// <summary>What all environments show now.</summary>
    private Tensor Observe()
    {
        var width = World.Observations;
        var numbers = new double[environments.Length * width];
        for (var e = 0; e < environments.Length; e++)
        {
            environments[e].Observe(numbers.AsSpan(e * width, width));
        }
        return torch.tensor(numbers, [environments.Length, width], Network.Type, Network.Device);
    }

    private (Experience Experience, double[] Last) Act()
    {
        using var none = Autograd.no_grad();
        var (count, width) = (environments.Length, World.Observations);
        var experience = new Experience(count, settings.Horizon, width);
        for (var t = 0; t < settings.Horizon; t++)
        {
            using var scope = new TensorScope();
            var outputs = Network.Forward(new Batch { Input = Observe() });
            var logarithms = outputs[PolicyHead].log_softmax(-1).to_double();
            var values = outputs[ValueHead].to_double();
            var random = new RandomSequence(settings.Seed, RandomStream.PolicyActions, (long)iteration * settings.Horizon + t);
            for (var e = 0; e < count; e++)
            {
                var k = t * count + e;
                environments[e].Observe(experience.Observations.AsSpan(k * width, width));
                var action = Draw(logarithms.AsSpan(e * World.Actions, World.Actions), random.NextUniform());
                var (reward, terminal, truncated) = environments[e].Step(action);
                (experience.Actions[k], experience.LogProbabilities[k], experience.Values[k]) = (action, logarithms[e * World.Actions + action], values[e]);
                (experience.Rewards[k], experience.Ends[k]) = (reward, terminal || truncated);
                returns[e] += reward;
                if (truncated)
                {
                    experience.Rewards[k] += settings.Discount * Values()[e];
                }
                if (terminal || truncated)
                {
                    finished.Enqueue(returns[e]);
                    if (finished.Count > RecentEpisodes)
                    {
                        finished.Dequeue();
                    }
                    returns[e] = 0;
                    StartEpisode(environments[e]);
                }
            }
        }
        return (experience, Values());
    }

    /// <summary>What the critic thinks of the present states.</summary>
    private double[] Values()
    {
        using var scope = new TensorScope();
        return Network.Forward(new Batch { Input = Observe() })[ValueHead].to_double();
    }

    private static int Draw(ReadOnlySpan<double> logarithms, double uniform)
    {
        for (var action = 0; action < logarithms.Length - 1; action++)
        {
            uniform -= Math.Exp(logarithms[action]);
            if (uniform <= 0)
            {
                return action;
            }
        }
        return logarithms.Length - 1;
    }

    private void Learn(Experience experience, double[] last, IReadOnlyList<ITrainingRecorder> recorders)
    {
        var advantages = experience.Advantages(last, settings.Discount, settings.AdvantageDecay);
        double[] targets = [.. advantages.Zip(experience.Values, (a, v) => a + v)];
        var mean = advantages.Average();
        var deviation = Math.Sqrt(advantages.Average(a => (a - mean) * (a - mean))) + SmallestDeviation;
        var order = Enumerable.Range(0, experience.Count).ToArray();
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            new RandomSequence(settings.Seed, RandomStream.MiniBatches, (long)(iteration - 1) * settings.Epochs + epoch).Shuffle<int>(order);
            foreach (var (number, batch) in order.Chunk(settings.BatchSize).Index())
            {
                using (new TensorScope())
                {
                    Learn(experience, batch, k => (advantages[k] - mean) / deviation, targets);
                }
                RecordingSchedule.Look(recorders, MomentOf(endsRound: epoch == settings.Epochs - 1 && (number + 1) * settings.BatchSize >= experience.Count));
            }
        }
    }

    private void Learn(Experience experience, int[] batch, Func<int, double> advantage, double[] targets)
    {
        Tensor Column(Func<int, double> of) => torch.tensor([.. batch.Select(of)], [batch.Length, 1], Network.Type, Network.Device);
        var width = World.Observations;
        double[] seen = [.. batch.SelectMany(k => experience.Observations.AsSpan(k * width, width).ToArray())];
        var outputs = Network.Forward(new ForwardContext(new() { Input = torch.tensor(seen, [batch.Length, width], Network.Type, Network.Device) })
        {
            IsTraining = true,
            Seed = settings.Seed,
            Step = step,
        });
        var logarithms = outputs[PolicyHead].log_softmax(-1);
        var taken = logarithms.gather(1, torch.tensor([.. batch.Select(k => experience.Actions[k])], [batch.Length, 1], Network.Device));
        var ratio = (taken - Column(k => experience.LogProbabilities[k])).exp();
        var gain = Column(advantage);
        // The smaller of the two gains is the negative of the larger of their negatives.
        var policyLoss = (ratio * gain).neg().maximum((ratio.clamp(1 - settings.Clip, 1 + settings.Clip) * gain).neg()).mean();
        var valueLoss = (outputs[ValueHead] - Column(k => targets[k])).pow(2).mean() * 0.5;
        var entropy = (logarithms.exp() * logarithms).sum(-1).mean().neg();
        var value = policyLoss + valueLoss * settings.ValueCoefficient - entropy * settings.EntropyCoefficient;
        loss = value.item();
        if (!double.IsFinite(loss))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"ppo: the loss is {loss} in round {iteration}, step {step + 1}; lower the learning rate, or set gradientClip"));
        }
        (lowestLossBefore, lowestLoss) = (lowestLoss, Math.Min(lowestLoss, loss));
        var gradients = Autograd.grad([value], [.. Network.Parameters.Select(p => p.Value)], allowUnused: true);
        using (Autograd.no_grad())
        {
            optimiser.Step(Optimiser.Clip(gradients, settings.GradientClip, $"in round {iteration}, step {step + 1}"));
        }
        step++;
    }

    private TrainingMoment MomentOf(bool endsRound) => new(
        Network, step, iteration, loss, lowestLossBefore, optimiser.LearningRate, step == 0, endsRound && iteration == settings.Iterations, endsRound);
}
