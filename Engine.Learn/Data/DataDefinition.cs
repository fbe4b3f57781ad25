using System.Globalization;
using System.Text.Json.Serialization;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>What a network learns and is tested with, as a record; its key "type" says which. The same definition and files give the same bits.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CsvData), "csv")]
[JsonDerivedType(typeof(AutoMpgData), "autoMpg")]
[JsonDerivedType(typeof(AbaloneData), "abalone")]
[JsonDerivedType(typeof(ConcreteData), "concrete")]
[JsonDerivedType(typeof(DigitsData), "digits")]
[JsonDerivedType(typeof(MnistData), "mnist")]
[JsonDerivedType(typeof(Cifar10Data), "cifar10")]
[JsonDerivedType(typeof(Cifar100Data), "cifar100")]
[JsonDerivedType(typeof(ShapesData), "shapes")]
[JsonDerivedType(typeof(CircleData), "circle")]
[JsonDerivedType(typeof(LineData), "line")]
[JsonDerivedType(typeof(PointsOnCircleData), "pointsOnCircle")]
[JsonDerivedType(typeof(LatticeData), "lattice")]
[JsonDerivedType(typeof(ConfinedParticlesData), "confinedParticles")]
[JsonDerivedType(typeof(GraphsData), "graphs")]
[JsonDerivedType(typeof(StructuresData), "structures")]
[JsonDerivedType(typeof(TokensData), "tokens")]
public abstract record DataDefinition
{
    /// <summary>Of the split into samples to learn and to test, and of what a generator draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Reads or draws the samples.</summary>
    /// <param name="network">The network that is given them: the shape of its input and its precision.</param>
    /// <param name="folder">Where relative paths of the definition start.</param>
    /// <param name="learnt">How the data were encoded that the network learnt from, which these are then, too; null: as they say themselves.</param>
    /// <param name="whole">Whether to leave all samples in their order, as samples to learn, and not to split them.</param>
    /// <exception cref="InputException">
    /// A file is missing, damaged or of another kind, a value is out of range, or the samples do not fit the network or what it learnt; data that come in two parts are asked for as a whole.
    /// </exception>
    public DataSets Load(NetworkDefinition network, string folder, DataEncoding? learnt = null, bool whole = false)
    {
        var files = new DataFiles(folder);
        var parts = whole ? ReadWhole(files, network.Input, learnt) : Read(files, network.Input, learnt);
        var (training, test) = (parts.Training, parts.Test);
        if (learnt is not null)
        {
            RequireInputs(learnt);
            (training, test) = (training.Like(learnt), test?.Like(learnt));
        }
        var encoding = new DataEncoding
        {
            Features = training.FeatureNames,
            Columns = (training as TablePool)?.Columns ?? [],
            Header = (training as TablePool)?.Header ?? [],
            Categories = (training as TablePool)?.Categories ?? new Dictionary<string, IReadOnlyList<string>>(),
            FeatureScales = learnt is null ? parts.FeatureScales : learnt.FeatureScales,
            Inputs = Inputs,
            Targets = training.Targets?.NumberNames ?? [],
            // Targets that the network has not learnt are as they are.
            TargetScales = learnt is null ? parts.TargetScales : training.Targets?.NumberNames.SequenceEqual(learnt.Targets) == true ? learnt.TargetScales : null,
            ClassNames = training.Targets?.ClassNames ?? [],
            DataHash = ContentHash.OfText(string.Join('\n', [ContentHash.Of(WithoutPath()), .. files.Hashes.Select(f => f.Hash)])),
        };
        using var scope = new TensorScope();
        return new(Part(training, parts.TrainingRows), test is null ? null : Part(test, parts.TestRows))
        {
            Notice = parts.Notice,
            Files = files.Hashes,
            Encoding = encoding,
        };

        DataPart Part(SamplePool pool, int[]? rows) => new(
            pool.WithCompleteTargets().Scale(encoding.FeatureScales, encoding.TargetScales).ToSamples(network), rows ?? [.. Enumerable.Range(0, pool.Count)], pool.Targets, (pool as TablePool)?.Features);
    }

    private void RequireInputs(DataEncoding learnt)
    {
        if (learnt.Inputs != Inputs)
        {
            throw new InputException($"data: inputs are {Told(Inputs)}, but the network learnt from {Told(learnt.Inputs)}; expected the same");

            static string Told(string inputs) => inputs.Length == 0 ? "numbers as they are" : inputs;
        }
    }

    /// <summary>The samples to learn and to test.</summary>
    /// <param name="files">Where files are read from.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="learnt">How data were encoded that the network learnt from; null: as these data say.</param>
    internal abstract DataParts Read(DataFiles files, InputDefinition input, DataEncoding? learnt = null);

    /// <summary>All samples in their order.</summary>
    internal virtual DataParts ReadWhole(DataFiles files, InputDefinition input, DataEncoding? learnt) =>
        throw new InputException("all samples were asked for of data that come in two parts; expected one of these: --of training or --of test");

    /// <summary>Whether there are files to learn and files to test, which are no whole.</summary>
    public virtual bool ComesInParts => false;

    /// <summary>What the numbers of a sample are, beside their names; empty: those of the file.</summary>
    internal virtual string Inputs => "";

    /// <summary>The definition wherever its files are: they are known by their bytes.</summary>
    internal virtual DataDefinition WithoutPath() => this;

    /// <summary>Names of classes that are their numbers.</summary>
    private protected static string[] NumberNames(int classes) => [.. Enumerable.Range(0, classes).Select(k => k.ToString(CultureInfo.InvariantCulture))];
}
