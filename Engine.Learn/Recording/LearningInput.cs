using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Reinforcement;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>A network that learns while recorders look, as its file says it.</summary>
public sealed record LearningInput
{
    public string Title { get; init; } = "";

    /// <summary>What is learnt; not for an agent, which makes its own.</summary>
    public DataDefinition? Data { get; init; }

    /// <summary>Whether the network should give its input back, as auto-encoders do, whatever targets the data has.</summary>
    public bool Reconstruct { get; init; }

    /// <summary>A network in line (object), or the path of its file relative to this one (string).</summary>
    public required JsonNode Network { get; init; }

    /// <summary>How the network learns from data.</summary>
    public TrainingSettings? Training { get; init; }

    /// <summary>How an agent learns, in place of <see cref="Training"/>.</summary>
    public AgentSettings? Agent { get; init; }

    /// <summary>Takes the place of the seed of <see cref="Training"/> or <see cref="Agent"/>; the data keeps its own.</summary>
    public ulong? Seed { get; init; }

    public KernelSettings Kernel { get; init; } = new();

    public IReadOnlyList<RecorderSettings> Recorders { get; init; } = [];

    public LearningOutput Output { get; init; } = new();

    /// <summary>SHA-256 of data that was read, so that the identity of the input covers it; set when it is read, with a note where another one was given.</summary>
    public string? DataHash { get; init; }

    /// <summary>The folder that relative paths start from; not part of the identity.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>The network, once it is in line.</summary>
    [JsonIgnore]
    public NetworkDefinition Definition => StrictJson.Read<NetworkDefinition>(Network, "network");

    /// <summary>Of parameters, batches, noise, actions and chosen samples.</summary>
    [JsonIgnore]
    public ulong LearningSeed => Training?.Seed ?? Agent!.Ppo.Seed;

    /// <summary>Reads a file, or what the run.json of a training says that it was, with the network in line and seeds in their places.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Assignments such as training.strategy.epochs=10.</param>
    /// <exception cref="InputException">Whatever is wrong first.</exception>
    public static LearningInput ReadFile(string path, IEnumerable<string>? overrides = null) => Read(StrictJson.ReadText(path), path, overrides);

    /// <summary>The same of what a file holds.</summary>
    /// <param name="text">What it holds.</param>
    /// <param name="path">The file, for messages and for relative paths.</param>
    /// <param name="overrides">As for <see cref="ReadFile"/>.</param>
    /// <exception cref="InputException">Whatever is wrong first.</exception>
    public static LearningInput Read(string text, string path, IEnumerable<string>? overrides = null)
    {
        var input = StrictJson.Read<LearningInput>(text, path, overrides: overrides) with { Folder = StrictJson.FolderOf(text, path) };
        if (input.Training is null == input.Agent is null)
        {
            throw new InputException($"{path}: {(input.Training is null ? "neither training nor agent is" : "both training and agent are")} given; expected one of them");
        }
        if (input.Data is null != input.Training is null)
        {
            throw new InputException($"{path}: {(input.Data is null ? "data is missing, which training needs" : "data is given, but an agent makes its own")}");
        }
        return (input with { Network = StrictJson.ToNode(input.ReadNetwork(path)) }).WithSeed();
    }

    /// <summary>How data became what this network learns from.</summary>
    /// <param name="data">What it learns from.</param>
    public DataEncoding EncodingOf(DataSets data) => data.Encoding with { Reconstruct = Reconstruct, Outputs = Training?.Loss.OutputFunction ?? Activation.None };

    private NetworkDefinition ReadNetwork(string source) => Network switch
    {
        JsonObject inline => StrictJson.Read<NetworkDefinition>(inline, $"{source}, network"),
        JsonValue value when value.TryGetValue<string>(out var name) => NetworkDefinition.ReadFile(Path.Combine(Folder, name)),
        _ => throw new InputException($"{source}: network is {Network.ToJsonString()}, expected the path of a file or an object"),
    };

    private LearningInput WithSeed() => Seed is not { } seed ? this : this with
    {
        Seed = null,
        Training = Training is null ? null : Training with { Seed = seed },
        Agent = Agent is null ? null : Agent with { Ppo = Agent.Ppo with { Seed = seed } },
    };
}
