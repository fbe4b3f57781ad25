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

    /// <summary>The number of the class of each sample to learn, where targets are classes.</summary>
    public int[]? TrainingClasses { get; init; }

    /// <summary>The same of the samples to test.</summary>
    public int[]? TestClasses { get; init; }

    /// <summary>Names of the classes in the order of their numbers; empty where targets are none.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>What each target was scaled by, to go back to its unit; null: by nothing.</summary>
    public IReadOnlyList<ColumnScale>? TargetScales { get; init; }

    /// <summary>A line on what was left out of the samples; null where nothing was.</summary>
    public string? Notice { get; init; }

    /// <summary>SHA-256 of the definition, but for the paths in it, and of the bytes of the files that were read.</summary>
    public required string ContentId { get; init; }

    public void Dispose()
    {
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}
