using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"meanPower": the mean over components of |a − b|ⁿ, or their sum; n = 2 is the mean squared error.</summary>
public sealed record MeanPower : DistanceMetric
{
    /// <summary>n.</summary>
    public double Order { get; init; } = 2;

    /// <summary>Whether components are added up instead of averaged.</summary>
    public bool Sum { get; init; }

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second)
    {
        var difference = first - second;
        var powers = Order == 2 ? difference.pow(2) : difference.abs().pow(Order);
        return Sum ? powers.sum(1) : powers.mean(1);
    }

    /// <inheritdoc/>
    public override void Check() => Positive("meanPower", "order", Order);
}
