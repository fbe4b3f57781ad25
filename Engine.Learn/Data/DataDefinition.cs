using System.Text.Json.Serialization;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>What a network learns and is tested with, as a record; its key "type" says which. The same definition and files give the same bits.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AutoMpgData), "autoMpg")]
[JsonDerivedType(typeof(CircleData), "circle")]
[JsonDerivedType(typeof(LineData), "line")]
public abstract record DataDefinition
{
    /// <summary>Of the split into samples to learn and to test, and of what a generator draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Reads or draws the samples.</summary>
    /// <param name="network">The network that is given them: the shape of its input and its precision.</param>
    /// <param name="folder">Where relative paths of the definition start.</param>
    /// <param name="device">"cpu" or "cuda:0".</param>
    /// <exception cref="InputException">A file is missing, damaged or of another kind, a value is out of range, or the samples do not fit the network.</exception>
    public DataSets Load(NetworkDefinition network, string folder, string device = "cpu")
    {
        var files = new DataFiles(folder);
        var (training, test) = Read(files, network.Input);
        using var scope = new TensorScope();
        return new(training.ToSamples(network, device), test?.ToSamples(network, device))
        {
            TrainingClasses = training.Targets?.Classes,
            TestClasses = test?.Targets?.Classes,
            ClassNames = training.Targets?.ClassNames ?? [],
            ContentId = ContentHash.OfText(string.Join('\n', [ContentHash.Of(this), .. files.Hashes])),
        };
    }

    /// <summary>The samples to learn and to test.</summary>
    internal abstract (SamplePool Training, SamplePool? Test) Read(DataFiles files, InputDefinition input);

    private protected static void AtLeast(string data, string name, double value, double least)
    {
        if (!(value >= least && double.IsFinite(value)))
        {
            throw new InputException(FormattableString.Invariant($"data {data}: {name} is {value}, expected {least} or more"));
        }
    }
}
