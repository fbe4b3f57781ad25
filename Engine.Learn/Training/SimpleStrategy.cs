namespace Engine.Learn.Training;

/// <summary>"simple": all samples in every epoch, in random order.</summary>
public sealed record SimpleStrategy : TrainingStrategy
{
    public required int Epochs { get; init; }

    public int BatchSize { get; init; } = 32;

    internal override string Length => "epochs";

    internal override int EpochsOf(double factor) => Scaled(Epochs, factor);

    internal override long StepsOf(double factor, int samples) => EpochsOf(factor) * BatchesOf(samples, BatchSize);

    internal override int[][] Batches(EpochContext epoch) => Shuffle(epoch, [.. Enumerable.Range(0, epoch.Samples)], BatchSize);

    internal override void Check(int samples)
    {
        AtLeastOne("simple", "epochs", Epochs);
        AtLeastOne("simple", "batchSize", BatchSize);
    }
}
