using System.Text.Json.Serialization;
using Engine.Kernels.Errors;
using Engine.Kernels.Random;

namespace Engine.Learn.Training;

/// <summary>Which samples make the batches of an epoch, and how many epochs there are; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SimpleStrategy), "simple")]
[JsonDerivedType(typeof(ReservoirStrategy), "lossAwareReservoir")]
[JsonDerivedType(typeof(PartitionedStrategy), "partitioned")]
[JsonDerivedType(typeof(RecursiveStrategy), "recursive")]
public abstract record TrainingStrategy
{
    /// <summary>The key of the number that may grow when a training goes on: what was done before is the same whatever it is.</summary>
    internal abstract string Length { get; }

    /// <summary>Epochs of a round, with the numbers of the settings times a factor.</summary>
    internal abstract int EpochsOf(double factor);

    /// <summary>Steps of a round, with the numbers of the settings times a factor.</summary>
    internal abstract long StepsOf(double factor, int samples);

    /// <summary>The batches of an epoch.</summary>
    internal abstract int[][] Batches(EpochContext epoch);

    /// <summary>Refuses values out of range.</summary>
    /// <param name="samples">Of the data.</param>
    internal abstract void Check(int samples);

    private protected static void AtLeastOne(string strategy, string name, int value)
    {
        if (value < 1)
        {
            throw new InputException($"strategy {strategy}: {name} is {value}, expected 1 or more");
        }
    }

    internal static int Scaled(int epochs, double factor) => (int)Math.Ceiling(epochs * factor);

    private protected static long BatchesOf(int samples, int batchSize) => (samples + batchSize - 1) / batchSize;

    /// <summary>Samples in random order, cut into batches of the size; the last is smaller where they do not divide.</summary>
    private protected static int[][] Shuffle(EpochContext epoch, int[] samples, int batchSize)
    {
        new RandomSequence(epoch.Seed, RandomStream.MiniBatches, epoch.Number).Shuffle<int>(samples);
        return [.. samples.Chunk(batchSize)];
    }
}

/// <summary>The epoch that batches are made for.</summary>
/// <param name="Seed">Key of the order.</param>
/// <param name="Number">Epochs before it, of all rounds: counter of the order.</param>
/// <param name="InRound">Epochs before it in its round.</param>
/// <param name="Factor">Of the numbers of epochs in this round.</param>
/// <param name="Samples">Of the data.</param>
/// <param name="Distances">From what the network gives for each sample to its target, by a metric.</param>
internal sealed record EpochContext(ulong Seed, long Number, int InRound, double Factor, int Samples, Func<Losses.Loss?, double[]> Distances);
