using System.Diagnostics;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Spectra;
using Engine.Learn.Training;

namespace Engine.Learn.Studies;

/// <summary>How long parts of a run take, measured by doing a little of them.</summary>
internal static class StudyClock
{
    private const double MostSeconds = 0.2;
    private const int MostEpochs = 4;

    /// <summary>An epoch of a training, the evaluation of the test samples at its end included [s].</summary>
    public static double Epoch(NetworkDefinition definition, TrainingSettings settings, SampleSet data, SampleSet test)
    {
        using var network = new Network(definition, settings.Seed);
        using var trainer = new Trainer(network, data, settings);
        using var enough = new CancellationTokenSource();
        var watch = new Stopwatch();
        var recorder = new EpochRecorder(moment =>
        {
            trainer.Evaluate(test);
            // What is done for the first time takes longer.
            if (moment.Epoch == 1)
            {
                watch.Start();
            }
            if (moment.Epoch > MostEpochs || watch.Elapsed.TotalSeconds > MostSeconds)
            {
                enough.Cancel();
            }
        });
        try
        {
            trainer.Run([recorder], cancellation: enough.Token);
        }
        catch (OperationCanceledException)
        {
        }
        return watch.Elapsed.TotalSeconds / Math.Max(1, trainer.Epoch - 1);
    }

    /// <summary>The spectrum of a kernel [s].</summary>
    public static double Spectrum(NetworkDefinition definition, ulong seed, SampleSet data)
    {
        using var network = new Network(definition, seed);
        return Seconds(() => KernelSpectrum.Of(network, data, Workers.Single));
    }

    /// <summary>What is done twice, the second time [s].</summary>
    public static double Seconds(Action work)
    {
        work();
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }
}
