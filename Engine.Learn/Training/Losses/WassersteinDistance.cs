using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"wasserstein": the work of moving the distribution softmax(a) over classes 0, 1, … into softmax(b), Σ_k |P_k − Q_k| of the cumulated probabilities.</summary>
public sealed record WassersteinDistance : DistanceMetric
{
    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second) => (first.softmax(1) - second.softmax(1)).cumsum(1).abs().sum(1);
}
