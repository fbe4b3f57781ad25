using Engine.Kernels.Errors;

namespace Engine.Learn.Training;

/// <summary>When something is recorded: always before the first step and after the last one, and as the rest says.</summary>
public sealed record RecordingSchedule
{
    /// <summary>Every so many steps; null: not.</summary>
    public int? Every { get; init; }

    /// <summary>After every so many epochs; null: not.</summary>
    public int? EveryEpochs { get; init; }

    /// <summary>About so many times in each factor of ten of steps, evenly in the logarithm; null: not.</summary>
    public int? PerDecade { get; init; }

    /// <summary>When the loss of a batch first falls below one of these.</summary>
    public IReadOnlyList<double> LossBelow { get; init; } = [];

    /// <param name="who">Whose it is, for messages.</param>
    internal void Check(string who)
    {
        foreach (var (name, value) in new[] { ("every", Every), ("everyEpochs", EveryEpochs), ("perDecade", PerDecade) })
        {
            if (value is < 1)
            {
                throw new InputException($"{who}: when.{name} is {value}, expected 1 or more");
            }
        }
    }

    /// <summary>Lets those recorders look that want to.</summary>
    internal static void Look(IReadOnlyList<ITrainingRecorder> recorders, TrainingMoment moment)
    {
        foreach (var recorder in recorders)
        {
            if (recorder.Schedule.Wants(moment))
            {
                recorder.Record(moment);
            }
        }
    }

    internal bool Wants(TrainingMoment moment) =>
        moment.IsFirst || moment.IsLast
        || Every is { } steps && moment.Step % steps == 0
        || EveryEpochs is { } epochs && moment.EndsEpoch && moment.Epoch % epochs == 0
        || PerDecade is { } perDecade && IsLogarithmic(moment.Step, perDecade)
        || LossBelow.Any(threshold => moment.Loss < threshold && moment.LowestLossBefore >= threshold);

    /// <summary>Whether a step is the rounded value of 10^(k/n) for a whole k.</summary>
    private static bool IsLogarithmic(long step, int perDecade)
    {
        var k = Math.Round(Math.Log10(step) * perDecade);
        return step > 0 && (long)Math.Round(Math.Pow(10, k / perDecade)) == step;
    }
}
