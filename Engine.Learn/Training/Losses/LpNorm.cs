using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"lpNorm": (Σ |a − b|ᵖ)^(1/p).</summary>
public sealed record LpNorm : DistanceMetric
{
    /// <summary>p.</summary>
    public double Order { get; init; } = 2;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second) => (first - second).norm(Order, 1);

    /// <inheritdoc/>
    public override void Check() => Positive("lpNorm", "order", Order);
}
