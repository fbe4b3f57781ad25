using Engine.Kernels.Errors;

namespace Engine.Learn.Training;

/// <summary>
/// "recursive": another strategy again and again until the loss of all test data (training data where there is none) is low enough, with more epochs each round; after some rounds the
/// network starts anew.
/// </summary>
public sealed record RecursiveStrategy : TrainingStrategy
{
    /// <summary>What is repeated.</summary>
    public required TrainingStrategy Inner { get; init; }

    /// <summary>The loss to reach.</summary>
    public double Threshold { get; init; } = 0.01;

    /// <summary>Factor of the epochs from one round to the next.</summary>
    public double ScaleFactor { get; init; } = 1.1;

    /// <summary>Rounds after which the network starts anew, from another seed.</summary>
    public int ResetAfter { get; init; } = 10;

    /// <summary>Rounds after which it is given up.</summary>
    public int MaximumRounds { get; init; } = 100;

    internal override string Length => "maximumRounds";

    internal override int EpochsOf(double factor) => Inner.EpochsOf(factor);

    internal override long StepsOf(double factor, int samples) => Inner.StepsOf(factor, samples);

    internal override int[][] Batches(EpochContext epoch) => Inner.Batches(epoch);

    internal override void Check(int samples)
    {
        AtLeastOne("recursive", "resetAfter", ResetAfter);
        AtLeastOne("recursive", "maximumRounds", MaximumRounds);
        if (!(ScaleFactor >= 1) || !(Threshold > 0) || Inner is RecursiveStrategy)
        {
            throw new InputException(FormattableString.Invariant($"strategy recursive: scaleFactor is {ScaleFactor}, threshold {Threshold}; expected 1 or more and a positive number, and an inner strategy that is not recursive"));
        }
        Inner.Check(samples);
    }
}
