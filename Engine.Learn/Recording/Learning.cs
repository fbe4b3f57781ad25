using System.Text.Json.Nodes;
using Engine.Core.Json;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Reinforcement;
using Engine.Learn.Torch;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>A network, its trainer and the recorders that look at it, made from an input; everything that can be wrong with that shows here.</summary>
public sealed class Learning : IDisposable
{
    private const string InputText = "input";

    private readonly Workers workers;
    private readonly DataSets? data;
    private readonly string? given;
    private readonly SampleSet learnt = null!;
    private readonly SampleSet? test;
    private readonly TensorScope scope = new();

    /// <param name="input">What learns.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="open">
    /// Opens the device that computes kernels of so many samples, and on CUDA their eigenvalues; it has to outlive this. Null, or where it gives null: the processor, where the network learns
    /// in any case.
    /// </param>
    /// <param name="cancellation">Ends the computation of a kernel.</param>
    /// <exception cref="InputException">Data that does not fit, or a setting out of range.</exception>
    public Learning(LearningInput input, Workers workers, Func<int, Device?>? open = null, CancellationToken cancellation = default)
    {
        this.workers = workers;
        try
        {
            var (definition, seed) = (input.Definition, input.LearningSeed);
            Network = new(definition, seed);
            if (input.Output.CheckpointEvery < 1)
            {
                throw new InputException($"output: checkpointEvery is {input.Output.CheckpointEvery}, expected 1 or more");
            }
            data = input.Data?.Load(definition, input.Folder);
            given = input.DataHash;
            Input = data is null ? input : input with { DataHash = data.Encoding.DataHash };
            PpoTrainer? agent = null;
            if (input.Training is { } training)
            {
                learnt = Given(data!.Training);
                test = data.Test is null ? null : Given(data.Test);
                Trainer = new Trainer(Network, learnt, training, test, workers);
            }
            else if (input.Agent is { } acting)
            {
                acting.Check();
                Trainer = agent = new PpoTrainer(Network, acting.Create, acting.Ppo);
                learnt = agent.SampleStates(acting.Create, acting.States, acting.StatesEvery);
            }
            var device = open?.Invoke(Math.Min(input.Kernel.Samples ?? int.MaxValue, learnt.Count));
            Recording = new(
                input.Recorders, input.Kernel,
                new()
                {
                    Network = Network,
                    Begin = () => new(definition, seed),
                    Training = learnt,
                    Test = test,
                    TrainingRows = data?.TrainingRows,
                    TestRows = data?.TestRows,
                    TrainingClasses = data?.TrainingClasses,
                    TestClasses = data?.TestClasses,
                    Loss = input.Training?.Loss,
                    MeanReturn = agent is null ? null : () => agent.MeanReturn,
                    HasRounds = input.Training?.Strategy is RecursiveStrategy,
                    Seed = seed,
                },
                workers, device, cancellation);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The input, with the hash of its data.</summary>
    public LearningInput Input { get; } = null!;

    public Network Network { get; } = null!;

    public ITrainer Trainer { get; } = null!;

    public Recording Recording { get; } = null!;

    /// <summary>How the data became what the network learns from; null for an agent.</summary>
    public DataEncoding? Encoding => data is null ? null : Input.EncodingOf(data);

    /// <summary>Names of classes in the order of their numbers; empty where targets are none.</summary>
    public IReadOnlyList<string> ClassNames => data?.Encoding.ClassNames ?? [];

    /// <summary>Files of the data, and SHA-256 of each as it is stored.</summary>
    public IReadOnlyList<(string Path, string Hash)> Files => data?.Files ?? [];

    /// <summary>Samples that are learnt; of an agent, states that kernels are of.</summary>
    public int Samples => learnt.Count;

    /// <summary>Samples of the test.</summary>
    public int TestSamples => test?.Count ?? 0;

    /// <summary>What a checkpoint keeps, beside what the trainer knows.</summary>
    public IReadOnlyDictionary<string, string> Kept => new Dictionary<string, string>([KeyValuePair.Create(InputText, StrictJson.Write(OfRecorders)), .. ModelFile.Texts(Encoding)]);

    /// <summary>What decides what is computed and recorded, but for network and training.</summary>
    private LearningInput OfRecorders => Input with
    {
        Title = "",
        Output = new(),
        Network = new JsonObject(),
        Training = null,
        Agent = Input.Agent is null ? null : Input.Agent with { Ppo = new() { Iterations = 1 } },
    };

    /// <summary>Refuses a checkpoint of other data, kernels or recorders.</summary>
    /// <param name="path">The checkpoint, for messages.</param>
    /// <param name="texts">What it kept.</param>
    /// <exception cref="InputException">It is of such; names what differs first.</exception>
    public void RequireSame(string path, IReadOnlyDictionary<string, string> texts)
    {
        var before = StrictJson.Parse(texts.GetValueOrDefault(InputText, "{}"), path).AsObject();
        var hash = (string?)before["dataHash"];
        before["dataHash"] = Input.DataHash;
        ModelFile.RequireSame(path, before.ToJsonString(), OfRecorders, "");
        // Where the definition is the same, it is the files that are not.
        if (hash is not null && hash != Input.DataHash)
        {
            throw new InputException($"{path} is of another training: the definition of the data is the same, but {string.Join(", ", Files.Select(f => f.Path))} changed since; expected the same bytes; go on with them, or start anew");
        }
    }

    /// <summary>What was left out of the data and what the training will take, a line each; refuses kernels that the memory limit does not allow.</summary>
    /// <exception cref="InputException">The memory limit is too small.</exception>
    public IEnumerable<string> Estimate()
    {
        var costs = Recording.Estimate(new(workers, Network, Trainer));
        if (data?.Notice is { } notice)
        {
            yield return notice;
        }
        if (given is not null && given != Input.DataHash)
        {
            yield return $"note: the data are not those of the dataHash that the input has: their files changed since, or their keys ({string.Join(", ", Files.Select(f => f.Path).DefaultIfEmpty("no files"))})";
        }
        if (Input.Training is { } training && StepClock.Seconds(Network.Definition, training, learnt, test, workers) is { } seconds)
        {
            var steps = Trainer.ExpectedSteps - Trainer.Step;
            var rounds = training.Strategy is RecursiveStrategy ? " to the end of this round" : "";
            yield return FormattableString.Invariant($"training: {steps} steps{rounds} of about {1000 * seconds:0.###} ms, about {steps * seconds:0.#} s");
        }
        foreach (var cost in costs)
        {
            yield return cost.ToString();
        }
    }

    /// <summary>Samples with the targets that count.</summary>
    private SampleSet Given(SampleSet samples)
    {
        if (!Input.Reconstruct)
        {
            return samples;
        }
        var inputs = Input.Definition.Input is NumbersInput
            ? samples.Range(0, samples.Count).Input
            : throw new InputException("reconstruct is true, but the network takes no numbers; expected an input of the type \"numbers\"");
        return new TensorSamples(inputs, inputs);
    }

    public void Dispose()
    {
        Recording?.Dispose();
        Trainer?.Dispose();
        Network?.Dispose();
        data?.Dispose();
        scope.Dispose();
    }
}
