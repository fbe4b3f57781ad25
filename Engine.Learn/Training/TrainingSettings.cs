using Engine.Kernels.Errors;
using Engine.Learn.Training.Losses;

namespace Engine.Learn.Training;

/// <summary>How a network is trained.</summary>
public sealed record TrainingSettings
{
    public required Loss Loss { get; init; }

    public OptimiserSettings Optimiser { get; init; } = new AdamSettings();

    public required TrainingStrategy Strategy { get; init; }

    /// <summary>Longest gradient of all parameters together; longer ones are shortened to it. Null: none is.</summary>
    public double? GradientClip { get; init; }

    /// <summary>Of the parameters, the order of samples, dropout and latent noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Threads of one operator of libtorch. With 1 the same bits come out on any machine of the kind; with more they depend on the number.
    /// </summary>
    public int TorchThreads { get; init; } = 1;

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    internal void Check(int samples)
    {
        Loss.Check();
        Strategy.Check(samples);
        if (GradientClip is <= 0)
        {
            throw new InputException(FormattableString.Invariant($"training: gradientClip is {GradientClip}, expected a positive number"));
        }
        if (TorchThreads < 1)
        {
            throw new InputException($"training: torchThreads is {TorchThreads}, expected 1 or more");
        }
    }
}
