using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Samples that are split at random into those to learn and those to test.</summary>
public abstract record SplitData : DataDefinition
{
    private const double DefaultFraction = 0.8;

    /// <summary>Share of the samples to learn, above 0 and up to 1, rounded to a whole number of them (0.8); or <see cref="TrainingCount"/> says how many.</summary>
    public double? TrainFraction { get; init; }

    /// <summary>Samples to learn.</summary>
    public int? TrainingCount { get; init; }

    /// <summary>Samples to test; null: all others.</summary>
    public int? TestCount { get; init; }

    /// <summary>All samples, as they are.</summary>
    /// <param name="files">Where files are read from.</param>
    /// <param name="input">What the network takes.</param>
    /// <param name="learnt">How data were encoded that the network learnt from; null: it is to learn from these.</param>
    /// <param name="whole">Whether they are not split, so that samples may stay whose targets nobody knows.</param>
    internal abstract SamplePool ReadPool(DataFiles files, InputDefinition input, DataEncoding? learnt = null, bool whole = false);

    /// <summary>What features and targets should be scaled by; null: by nothing.</summary>
    /// <param name="training">Samples to learn.</param>
    /// <param name="all">All of them.</param>
    /// <param name="input">What the network takes.</param>
    private protected virtual (ColumnScale[]? Features, ColumnScale[]? Targets) ScalesOf(SamplePool training, SamplePool all, InputDefinition input) => (null, null);

    /// <summary>A line on what was left out or is worth nothing to learn; null where nothing is.</summary>
    /// <param name="all">All samples.</param>
    /// <param name="isLearnt">Whether a network is to learn from them.</param>
    private protected virtual string? NoticeOf(SamplePool all, bool isLearnt) => null;

    /// <summary>The samples to learn and to test, in random order.</summary>
    internal override DataParts Read(DataFiles files, InputDefinition input, DataEncoding? learnt = null) => Split(ReadPool(files, input, learnt), input, learnt);

    internal override DataParts ReadWhole(DataFiles files, InputDefinition input, DataEncoding? learnt)
    {
        var pool = ReadPool(files, input, learnt, whole: true);
        int[] rows = [.. Enumerable.Range(0, pool.Count).Select(pool.RowOf)];
        // A network that learns takes scales from what it learns; rows that come later need not be many enough for the split.
        return learnt is null
            ? Split(pool, input, null) with { Training = pool, Test = null, TrainingRows = rows, TestRows = null }
            : new(pool, null) { TrainingRows = rows, Notice = NoticeOf(pool, isLearnt: false) };
    }

    private DataParts Split(SamplePool pool, InputDefinition input, DataEncoding? learnt)
    {
        var (training, test) = Counts(pool.Count);
        var order = new RandomSequence(Seed, RandomStream.DataGenerator, 0).Permutation(pool.Count);
        var chosen = pool.Take(order.AsSpan(0, training));
        var (features, targets) = learnt is null ? ScalesOf(chosen, pool, input) : (null, null);
        return new(chosen, test > 0 ? pool.Take(order.AsSpan(training, test)) : null)
        {
            TrainingRows = Rows(0, training),
            TestRows = Rows(training, test),
            FeatureScales = features,
            TargetScales = targets,
            Notice = NoticeOf(pool, learnt is null),
        };

        int[] Rows(int start, int count) => [.. order.AsSpan(start, count).ToArray().Select(pool.RowOf)];
    }

    private (int Training, int Test) Counts(int samples)
    {
        if (TrainFraction is not null && TrainingCount is not null)
        {
            throw new InputException("data: both trainFraction and trainingCount are given; expected one of them");
        }
        var fraction = TrainFraction ?? DefaultFraction;
        if (!(fraction is > 0 and <= 1))
        {
            throw new InputException(FormattableString.Invariant($"data: trainFraction is {fraction}, expected a number above 0 and up to 1"));
        }
        var training = TrainingCount ?? (int)Math.Round(fraction * samples);
        var test = TestCount ?? Math.Max(0, samples - training);
        return training >= 1 && test >= 0 && (long)training + test <= samples
            ? (training, test)
            : throw new InputException($"data: {training} samples to learn and {test} to test were asked for of {samples}; expected 1 or more to learn, and no more in all than there are");
    }
}
