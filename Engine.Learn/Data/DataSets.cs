using Engine.Learn.Networks;
using Engine.Learn.Torch;

namespace Engine.Learn.Data;

/// <summary>Samples to learn and samples to test, as tensors that it owns.</summary>
public sealed class DataSets : IDisposable
{
    private readonly DataPart learnt;
    private readonly DataPart? tested;
    private readonly Tensor[] tensors;

    internal DataSets(DataPart learnt, DataPart? tested)
    {
        (this.learnt, this.tested) = (learnt, tested);
        tensors = [.. Training.Tensors.Concat(Test?.Tensors ?? []).Select(TensorScope.Release)];
    }

    public SampleSet Training => learnt.Samples;

    /// <summary>Null where all samples are learnt.</summary>
    public SampleSet? Test => tested?.Samples;

    /// <summary>Where the samples to learn are among all of the data, from 0: rows of a table, or numbers of what was drawn.</summary>
    public int[] TrainingRows => learnt.Rows;

    /// <summary>The same of the samples to test; of those that have a file of their own, in that.</summary>
    public int[]? TestRows => tested?.Rows;

    /// <summary>The number of the class of each sample to learn; null where targets are no classes, or some are not known.</summary>
    public int[]? TrainingClasses => learnt.Classes;

    /// <summary>The same of the samples to test.</summary>
    public int[]? TestClasses => tested?.Classes;

    /// <summary>The samples to learn, or those to test; null where there are none of these.</summary>
    public DataPart? Part(bool test) => test ? tested : learnt;

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
