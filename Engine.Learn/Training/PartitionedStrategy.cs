using Engine.Kernels.Errors;

namespace Engine.Learn.Training;

/// <summary>"partitioned": one part of the data after another; by default 150 epochs on the last sample and 50 on all.</summary>
public sealed record PartitionedStrategy : TrainingStrategy
{
    public IReadOnlyList<TrainingPhase> Phases { get; init; } = [new() { Epochs = 150, First = -1 }, new() { Epochs = 50 }];

    internal override string Length => $"phases[{Phases.Count - 1}].epochs";

    internal override int EpochsOf(double factor) => Phases.Sum(phase => Scaled(phase.Epochs, factor));

    internal override long StepsOf(double factor, int samples) => Phases.Sum(phase => Scaled(phase.Epochs, factor) * BatchesOf(phase.Of(samples).Count, phase.BatchSize));

    internal override int[][] Batches(EpochContext epoch)
    {
        var left = epoch.InRound;
        var phase = Phases.First(p => (left -= Scaled(p.Epochs, epoch.Factor)) < 0);
        var (first, count) = phase.Of(epoch.Samples);
        return Shuffle(epoch, [.. Enumerable.Range(first, count)], phase.BatchSize);
    }

    internal override void Check(int samples)
    {
        if (Phases.Count == 0)
        {
            throw new InputException("strategy partitioned: phases is empty, expected at least one");
        }
        foreach (var phase in Phases)
        {
            AtLeastOne("partitioned", "epochs", phase.Epochs);
            AtLeastOne("partitioned", "batchSize", phase.BatchSize);
            var (first, count) = phase.Of(samples);
            if (first < 0 || count < 1 || first + count > samples)
            {
                throw new InputException($"strategy partitioned: a phase has {count} samples from number {first}, but the data has {samples}");
            }
        }
    }
}
