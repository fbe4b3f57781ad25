using Engine.Learn.Training.Losses;

namespace Engine.Learn.Training;

/// <summary>
/// "lossAwareReservoir": in every epoch the samples that the network is farthest from, and in each batch the latest samples besides, which are the last of the data.
/// </summary>
public sealed record ReservoirStrategy : TrainingStrategy
{
    public required int Epochs { get; init; }

    public int BatchSize { get; init; } = 32;

    /// <summary>Samples of an epoch.</summary>
    public int ReservoirSize { get; init; } = 500;

    /// <summary>Samples at the end of the data that are in every batch.</summary>
    public int LatestPoints { get; init; } = 1;

    /// <summary>What "farthest" means; by default the loss.</summary>
    public Loss? Metric { get; init; }

    internal override string Length => "epochs";

    internal override int EpochsOf(double factor) => Scaled(Epochs, factor);

    internal override long StepsOf(double factor, int samples)
    {
        var older = samples - Math.Min(LatestPoints, samples);
        return EpochsOf(factor) * BatchesOf(older == 0 ? samples : Math.Min(ReservoirSize, older), BatchSize);
    }

    internal override int[][] Batches(EpochContext epoch)
    {
        var older = epoch.Samples - Math.Min(LatestPoints, epoch.Samples);
        int[] latest = [.. Enumerable.Range(older, epoch.Samples - older)];
        if (older == 0)
        {
            return Shuffle(epoch, latest, BatchSize);
        }
        var distances = epoch.Distances(Metric);
        int[] reservoir = [.. Enumerable.Range(0, older).OrderByDescending(i => distances[i]).ThenBy(i => i).Take(ReservoirSize)];
        return [.. Shuffle(epoch, reservoir, BatchSize).Select(batch => (int[])[.. batch, .. latest])];
    }

    internal override void Check(int samples)
    {
        AtLeastOne("lossAwareReservoir", "epochs", Epochs);
        AtLeastOne("lossAwareReservoir", "batchSize", BatchSize);
        AtLeastOne("lossAwareReservoir", "reservoirSize", ReservoirSize);
        if (LatestPoints < 0)
        {
            throw new Kernels.Errors.InputException($"strategy lossAwareReservoir: latestPoints is {LatestPoints}, expected 0 or more");
        }
        Metric?.Check();
    }
}
