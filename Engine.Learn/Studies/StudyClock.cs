using System.Diagnostics;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Spectra;
using Engine.Learn.Training;

namespace Engine.Learn.Studies;

/// <summary>How long parts of a run take [s], measured by doing a little of them; NaN where that fails, which the run itself will say.</summary>
/// <param name="cancellation">Ends it.</param>
internal sealed class StudyClock(CancellationToken cancellation)
{
    /// <summary>A training, the evaluation of the test samples at the end of each epoch included.</summary>
    public double Training(NetworkDefinition definition, TrainingSettings settings, SampleSet data, SampleSet test)
    {
        using var network = new Network(definition, settings.Seed);
        return settings.Strategy.StepsOf(1, data.Count) * (StepClock.Seconds(definition, settings, data, cancellation: cancellation) ?? double.NaN)
            + settings.Strategy.EpochsOf(1) * Seconds(() => Evaluation.Distances(network, test, settings.Loss));
    }

    /// <summary>The spectrum of a kernel.</summary>
    public double Spectrum(NetworkDefinition definition, ulong seed, SampleSet data)
    {
        using var network = new Network(definition, seed);
        return Seconds(() => KernelSpectrum.Of(network, data, Workers.Single));
    }

    /// <summary>What is done once, or twice where it is short: what is done for the first time takes longer.</summary>
    public double Seconds(Action work)
    {
        try
        {
            var first = Once();
            return first > StepClock.Enough ? first : Once();
        }
        catch (RunFailedException)
        {
            return double.NaN;
        }

        double Once()
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
