using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Training;

namespace Engine.Learn.Studies;

/// <summary>One question, answered by runs that do not depend on each other; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SelectionStudy), "selection")]
[JsonDerivedType(typeof(ScanStudy), "scan")]
public abstract partial record Study
{
    /// <summary>What results call it; letters, digits, "-" and "_".</summary>
    public required string Name { get; init; }

    /// <summary>The network that is trained.</summary>
    public required NetworkDefinition Network { get; init; }

    /// <summary>How; the seed in it is replaced by that of the run.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>Runs in all; those of the first repeat or seed come first, so that more of them are appended.</summary>
    internal abstract int Runs { get; }

    /// <summary>What each run gives, by name, with the shape of it.</summary>
    internal abstract IReadOnlyList<StudyColumn> Columns { get; }

    /// <summary>The same study with as few runs as can be: what may not change while runs are added.</summary>
    internal abstract Study Shape { get; }

    /// <summary>Epochs of a training.</summary>
    private protected int Epochs => Training.Strategy.EpochsOf(1);

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    internal virtual void Check()
    {
        if (!NamePattern().IsMatch(Name))
        {
            throw new InputException($"study: the name \"{Name}\" of a study has other characters than letters, digits, \"-\" and \"_\"; results are filed under it");
        }
        if (Training.Strategy is RecursiveStrategy)
        {
            throw new InputException($"study {Name}: the strategy recursive has no fixed number of epochs, but runs are compared epoch by epoch; expected another one");
        }
    }

    /// <summary>Refuses data that the study cannot use.</summary>
    /// <exception cref="InputException">It is such.</exception>
    internal virtual void Check(DataSets data)
    {
        if (data.Test is null)
        {
            throw new InputException($"study {Name}: the data has no samples to test with, which it compares; expected a share of them for training below 1");
        }
    }

    /// <summary>How long each run of a repeat may take [s], measured by a little of it; NaN where that fails.</summary>
    internal abstract double[] EstimateSeconds(DataSets data, ulong seed, CancellationToken cancellation);

    /// <summary>What a run is, for messages.</summary>
    internal abstract string Describe(int run, ulong seed);

    /// <summary>Does a run.</summary>
    /// <returns>An array for each of <see cref="Columns"/>.</returns>
    internal abstract Array[] Run(int run, RunContext context);

    /// <summary>What all runs together say.</summary>
    internal abstract StudySummary Summarise(StudyTable table, ulong seed);

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex NamePattern();
}

/// <summary>Numbers of one kind that each run gives.</summary>
/// <param name="Name">Of the array in the file.</param>
/// <param name="IsWhole">Whether they are whole numbers.</param>
/// <param name="Shape">Of what one run gives.</param>
internal sealed record StudyColumn(string Name, bool IsWhole, params long[] Shape)
{
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>What a run is given.</summary>
/// <param name="Data">To learn and to test.</param>
/// <param name="Test">To test.</param>
/// <param name="Seed">Of the first repeat.</param>
/// <param name="Progress">Told the share of the run that is done.</param>
/// <param name="Cancellation">Ends it.</param>
internal sealed record RunContext(SampleSet Data, SampleSet Test, ulong Seed, Action<double> Progress, CancellationToken Cancellation);
