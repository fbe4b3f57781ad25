using Engine.Learn.Networks;
using Engine.Learn.Training.Losses;

namespace Engine.Learn.Recording;

/// <summary>What is recorded.</summary>
public sealed record RecordingSubject
{
    /// <summary>The network that is trained.</summary>
    public required Network Network { get; init; }

    /// <summary>Makes the network as it was before the first step, for a training that goes on; belongs to whoever asked.</summary>
    public required Func<Network> Begin { get; init; }

    /// <summary>Samples that are learnt.</summary>
    public required SampleSet Training { get; init; }

    public SampleSet? Test { get; init; }

    /// <summary>Their classes, where targets are such.</summary>
    public IReadOnlyList<int>? TrainingClasses { get; init; }

    public IReadOnlyList<int>? TestClasses { get; init; }

    /// <summary>Where the samples that are learnt are among all of the data; null: they are the first ones.</summary>
    public IReadOnlyList<int>? TrainingRows { get; init; }

    public IReadOnlyList<int>? TestRows { get; init; }

    /// <summary>What is made small; null where there is more to it than a network and targets.</summary>
    public Loss? Loss { get; init; }

    /// <summary>Mean return of an agent; null where nobody acts.</summary>
    public Func<double>? MeanReturn { get; init; }

    /// <summary>Whether the training has rounds, which are recorded beside steps and epochs.</summary>
    public bool HasRounds { get; init; }

    /// <summary>Of the choice of samples.</summary>
    public ulong Seed { get; init; } = 1;
}
