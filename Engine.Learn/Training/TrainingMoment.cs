using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>Where a training is, between two steps.</summary>
/// <param name="Network">The network as it is now.</param>
/// <param name="Step">Steps so far.</param>
/// <param name="Epoch">Epochs so far, begun ones included, of all rounds.</param>
/// <param name="Loss">Of the last batch before its step; NaN before the first.</param>
/// <param name="LowestLossBefore">Of all batches before the last one.</param>
/// <param name="LearningRate">As it is now.</param>
/// <param name="IsFirst">Whether no step was made.</param>
/// <param name="IsLast">Whether no step follows.</param>
/// <param name="EndsEpoch">Whether the last step was the last of its epoch.</param>
public sealed record TrainingMoment(
    Network Network, long Step, long Epoch, double Loss, double LowestLossBefore, double LearningRate, bool IsFirst, bool IsLast, bool EndsEpoch)
{
    /// <summary>Rounds of a <see cref="RecursiveStrategy"/> before this one; 0 of others.</summary>
    public int Round { get; init; }
}
