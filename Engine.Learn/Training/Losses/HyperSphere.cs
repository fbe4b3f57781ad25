using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"hyperSphere": the Lᵖ norm of a − b times 1 − cos(a, b).</summary>
public sealed record HyperSphere : DistanceMetric
{
    /// <summary>p.</summary>
    public double Order { get; init; } = 2;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second) => (first - second).norm(Order, 1) * new CosineDistance().Compute(first, second);

    /// <inheritdoc/>
    public override void Check() => Positive("hyperSphere", "order", Order);
}
