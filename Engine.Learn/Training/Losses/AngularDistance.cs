using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"angular": the angle between a and b over π, from 0 for the same direction to 1 for opposite ones.</summary>
public sealed record AngularDistance : DistanceMetric
{
    /// <summary>Nearer to ±1 the slope of the arc cosine grows without limit, and angles are no more told from 0 or π.</summary>
    private const double Margin = 1e-7;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second) => CosineDistance.Cosine(first, second).clamp(-1 + Margin, 1 - Margin).acos() / Math.PI;
}
