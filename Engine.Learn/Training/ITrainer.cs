using Engine.Kernels.Errors;
using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>Makes a network learn, step by step; stopped and taken up again it gives the bits of one that was not.</summary>
public interface ITrainer : IDisposable
{
    Network Network { get; }

    /// <summary>Steps so far.</summary>
    long Step { get; }

    /// <summary>Epochs so far, begun ones included; of an agent, rounds.</summary>
    long Epoch { get; }

    /// <summary>Loss of the last batch, before its step; NaN before the first.</summary>
    double Loss { get; }

    /// <summary>Epochs in all, as far as they are known.</summary>
    long ExpectedEpochs { get; }

    /// <summary>Steps in all, as far as they are known.</summary>
    long ExpectedSteps { get; }

    /// <summary>Where it is.</summary>
    TrainingMoment Moment { get; }

    /// <summary>Whether <see cref="Save"/> may be: not within a round of an agent that was cut short.</summary>
    bool CanBeSaved => true;

    /// <summary>Numbers of the training itself, by name.</summary>
    IReadOnlyList<KeyValuePair<string, double>> Facts => [];

    /// <summary>A line on what was not reached by the end; null where all was.</summary>
    string? Shortfall => null;

    /// <summary>Goes on to the end.</summary>
    /// <param name="recorders">Look before the first step, after the last one, and between as they want.</param>
    /// <param name="afterStep">Called where <see cref="Save"/> may be, once recorders have looked: for progress and checkpoints.</param>
    /// <param name="cancellation">Ends it there.</param>
    /// <exception cref="RunFailedException">A loss or a parameter became NaN or infinite.</exception>
    void Run(IReadOnlyList<ITrainingRecorder> recorders, Action? afterStep = null, CancellationToken cancellation = default);

    /// <summary>Writes all that it takes to go on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">What else is to be kept with it.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    void Save(string path, IReadOnlyDictionary<string, string>? texts = null);

    /// <summary>Goes back to where a file was written, by this training or by one that is only shorter: it is then as if that had been as long from the start.</summary>
    /// <returns>The texts that were kept.</returns>
    /// <exception cref="InputException">The file is of another training; names what differs first.</exception>
    IReadOnlyDictionary<string, string> Restore(string path);
}
