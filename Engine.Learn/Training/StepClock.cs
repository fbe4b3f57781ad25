using System.Diagnostics;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;

namespace Engine.Learn.Training;

/// <summary>How long a step of a training takes, measured by its first ones on another network of the same kind.</summary>
internal static class StepClock
{
    /// <summary>What took longer need not be done again for its time [s].</summary>
    public const double Enough = 0.2;

    /// <summary>The mean time of a step [s]; null where the training fails by then, which it will say itself.</summary>
    public static double? Seconds(
        NetworkDefinition definition, TrainingSettings settings, SampleSet data, SampleSet? test = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        using var network = new Network(definition, settings.Seed);
        using var trainer = new Trainer(network, data, settings, test, workers);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (watch, seconds) = (Stopwatch.StartNew(), 0.0);
        try
        {
            trainer.Run([], AfterStep, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }
        catch (RunFailedException)
        {
            return null;
        }
        return seconds;

        void AfterStep()
        {
            var elapsed = watch.Elapsed.TotalSeconds;
            seconds = elapsed / Math.Max(1, trainer.Step - 1);
            if (elapsed > Enough)
            {
                stop.Cancel();
            }
            else if (trainer.Step == 1)
            {
                // What is done for the first time takes longer.
                watch.Restart();
            }
        }
    }
}
