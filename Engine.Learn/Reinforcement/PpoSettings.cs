using Engine.Kernels.Errors;
using Engine.Learn.Training;

namespace Engine.Learn.Reinforcement;

/// <summary>Proximal policy optimisation with a clipped objective: J. Schulman et al., arXiv:1707.06347 (2017).</summary>
public sealed record PpoSettings
{
    /// <summary>Rounds of acting and learning.</summary>
    public required int Iterations { get; init; }

    /// <summary>Environments that act side by side.</summary>
    public int Environments { get; init; } = 8;

    /// <summary>Steps of each environment in a round.</summary>
    public int Horizon { get; init; } = 128;

    /// <summary>How often a round's steps are learnt from.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>Steps that are learnt from at once.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>γ: what a reward one step later is worth.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>λ of the generalised advantage: J. Schulman et al., arXiv:1506.02438 (2015).</summary>
    public double AdvantageDecay { get; init; } = 0.95;

    /// <summary>ε: probabilities may change by this factor before they gain nothing.</summary>
    public double Clip { get; init; } = 0.2;

    public double ValueCoefficient { get; init; } = 0.5;

    public double EntropyCoefficient { get; init; } = 0.01;

    public OptimiserSettings Optimiser { get; init; } = new AdamSettings { LearningRate = 1e-3 };

    /// <summary>Longest gradient of all parameters together; null: any.</summary>
    public double? GradientClip { get; init; } = 0.5;

    /// <summary>Of actions, episodes and the order of steps.</summary>
    public ulong Seed { get; init; } = 1;

    /// <exception cref="InputException">A value is out of range.</exception>
    internal void Check()
    {
        if (Iterations < 1 || Environments < 1 || Horizon < 1 || Epochs < 1 || BatchSize < 1)
        {
            throw new InputException(
                $"ppo: iterations is {Iterations}, environments {Environments}, horizon {Horizon}, epochs {Epochs}, batchSize {BatchSize}; expected numbers of 1 or more");
        }
        if (Discount is not (>= 0 and <= 1) || AdvantageDecay is not (>= 0 and <= 1) || !(Clip > 0) || !(ValueCoefficient >= 0) || !(EntropyCoefficient >= 0) || GradientClip is <= 0)
        {
            throw new InputException(FormattableString.Invariant(
                $"ppo: discount is {Discount}, advantageDecay {AdvantageDecay}, clip {Clip}, valueCoefficient {ValueCoefficient}, entropyCoefficient {EntropyCoefficient}, gradientClip {GradientClip}; expected the first two within 0 and 1, clips above 0, coefficients of 0 or more"));
        }
    }
}
