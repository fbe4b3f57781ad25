using Engine.Learn.Torch;

namespace Engine.Learn.Training.Losses;

/// <summary>"exponentialRepulsion": the mean over components of α e^(−|a − b|/T), which falls with the distance.</summary>
public sealed record ExponentialRepulsion : DistanceMetric
{
    /// <summary>α.</summary>
    public double Strength { get; init; } = 0.01;

    /// <summary>T.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor first, Tensor second) => ((first - second).abs() * (-1 / Temperature)).exp().mean(1) * Strength;

    /// <inheritdoc/>
    public override void Check()
    {
        Positive("exponentialRepulsion", "strength", Strength);
        Positive("exponentialRepulsion", "temperature", Temperature);
    }
}
