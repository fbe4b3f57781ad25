using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>"adam": D. P. Kingma and J. Ba, ICLR (2015), arXiv:1412.6980.</summary>
public sealed record AdamSettings : OptimiserSettings
{
    /// <summary>η.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How much of the mean gradient is kept.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean squared gradient is kept.</summary>
    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>λ: the gradient has λ θ added.</summary>
    public double WeightDecay { get; init; }

    internal override Optimiser Create(Network network)
    {
        Check("adam", LearningRate, Beta1, Beta2, Epsilon, WeightDecay);
        return new AdamOptimiser(network, LearningRate, Beta1, Beta2, Epsilon, WeightDecay, decoupled: false);
    }

    internal static void Check(string name, double rate, double beta1, double beta2, double epsilon, double decay) => Require(
        name, rate > 0 && beta1 is >= 0 and < 1 && beta2 is >= 0 and < 1 && epsilon > 0 && decay >= 0,
        $"learningRate is {rate}, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon}, weightDecay {decay}; expected a positive rate and epsilon, betas of 0 or more and less than 1, and no negative decay");
}
