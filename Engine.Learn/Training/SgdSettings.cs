using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>"sgd": v ← μ v + g, θ ← θ − η v.</summary>
public sealed record SgdSettings : OptimiserSettings
{
    /// <summary>η.</summary>
    public required double LearningRate { get; init; }

    /// <summary>μ, from 0 to below 1.</summary>
    public double Momentum { get; init; }

    /// <summary>λ: g has λ θ added.</summary>
    public double WeightDecay { get; init; }

    internal override Optimiser Create(Network network)
    {
        Require("sgd", LearningRate > 0 && Momentum is >= 0 and < 1 && WeightDecay >= 0, $"learningRate is {LearningRate}, momentum {Momentum}, weightDecay {WeightDecay}; expected a positive rate, a momentum of 0 or more and less than 1, and no negative decay");
        return new SgdOptimiser(network, LearningRate, Momentum, WeightDecay);
    }
}
