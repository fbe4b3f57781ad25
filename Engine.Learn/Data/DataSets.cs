using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>Samples to learn and samples to test, as tensors that it owns.</summary>
public sealed class DataSets : IDisposable
{
    private readonly Tensor[] tensors;

    internal DataSets(SampleSet training, SampleSet? test)
    {
        (Training, Test) = (training, test);
        tensors = [.. training.Tensors.Concat(test?.Tensors ?? []).Select(TensorScope.Release)];
    }

    public SampleSet Training { get; }

    /// <summary>Null where all samples are learnt.</summary>
    public SampleSet? Test { get; }

    /// <summary>Where the samples to learn are among all of the data, from 0: rows of a table, or numbers of what was drawn; null: they are the first ones.</summary>
    public int[]? TrainingRows { get; init; }

    /// <summary>The same of the samples to test; null: they are the first ones of a file of their own.</summary>
    public int[]? TestRows { get; init; }

    /// <summary>What a network should give for each sample to learn, not scaled; null where nobody knows.</summary>
    internal PoolTargets? TrainingTargets { get; init; }

    internal PoolTargets? TestTargets { get; init; }

    /// <summary>The numbers of each sample to learn, not scaled; null where samples are no rows of numbers.</summary>
    internal double[,]? TrainingFeatures { get; init; }

    internal double[,]? TestFeatures { get; init; }

    /// <summary>The number of the class of each sample to learn; null where targets are no classes, or some are not known.</summary>
    public int[]? TrainingClasses => Part(test: false)!.Classes;

    /// <summary>The same of the samples to test.</summary>
    public int[]? TestClasses => Part(test: true)?.Classes;

    /// <summary>The samples to learn, or those to test; null where there are none of these.</summary>
    public DataPart? Part(bool test) => (test ? Test : Training) is not { } samples ? null : new(
        samples, (test ? TestRows : TrainingRows) ?? [.. Enumerable.Range(0, samples.Count)], test ? TestTargets : TrainingTargets, test ? TestFeatures : TrainingFeatures);

    /// <summary>How they became what networks take.</summary>
    public required DataEncoding Encoding { get; init; }

    /// <summary>A line on what was left out of the samples; null where nothing was.</summary>
    public string? Notice { get; init; }

    /// <summary>Files that were read, and SHA-256 of each as it is stored.</summary>
    public required IReadOnlyList<(string Path, string Hash)> Files { get; init; }

    public void Dispose()
    {
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}
