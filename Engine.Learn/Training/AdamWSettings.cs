using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>"adamW": Adam with a decay that is no part of the gradient, θ ← (1 − η λ) θ. I. Loshchilov and F. Hutter, ICLR (2019), arXiv:1711.05101.</summary>
public sealed record AdamWSettings : OptimiserSettings
{
    /// <summary>η.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How much of the mean gradient is kept.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean squared gradient is kept.</summary>
    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>λ.</summary>
    public double WeightDecay { get; init; } = 0.01;

    internal override Optimiser Create(Network network)
    {
        AdamSettings.Check("adamW", LearningRate, Beta1, Beta2, Epsilon, WeightDecay);
        return new AdamOptimiser(network, LearningRate, Beta1, Beta2, Epsilon, WeightDecay, decoupled: true);
    }
}
