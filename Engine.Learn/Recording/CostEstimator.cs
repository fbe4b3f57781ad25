using System.Diagnostics;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>What a recording will take, from speeds that are measured in a fraction of a second.</summary>
internal sealed class CostEstimator(Workers workers, Network network, ITrainer trainer)
{
    /// <summary>Samples whose passes through the network are timed.</summary>
    private const int TimedSamples = 16;

    private readonly Lazy<double> rate = new(() => GemmRate.Measure<double>(workers));
    private readonly Lazy<double> rateOfFloat = new(() => GemmRate.Measure<float>(workers));
    private readonly Lazy<double> decomposition = new(() => EigenRate.Measure(workers));

    public KernelCost Of(KernelTarget target, IReadOnlyList<RecorderSettings> recorders)
    {
        var kernel = target.Computation.Estimate(network, target.Samples, target.Output, (target.Settings.Precision == Precision.Double ? rate : rateOfFloat).Value);
        var demanding = recorders.Where(r => MeasureCatalogue.NeedsKernel(r.Record)).ToArray();
        Recordable[] wanted = [.. demanding.SelectMany(r => r.Record).Distinct()];
        var decompositions = MeasureCatalogue.Decompositions(wanted, target.Layers.Length);
        var seconds = kernel.Seconds + Passes(target) + (decompositions > 0 ? decompositions * decomposition.Value * Math.Pow(target.Rows, 3) : 0);
        var copies = 8.0 * target.Rows * target.Rows * (decompositions > 0 ? 2 : 0);
        return new(NameOf(target), target.Rows, kernel, Moments(demanding), seconds, kernel.Bytes + copies, target.Device?.Address);
    }

    private static string NameOf(KernelTarget target) =>
        $"{(target.Source == SampleSource.Training ? "training" : "test")}{(target.Output == Network.MainOutput ? "" : $", output {target.Output}")}";

    private double Passes(KernelTarget target)
    {
        var count = Math.Min(TimedSamples, target.Samples.Count);
        void Once()
        {
            using var scope = new TensorScope();
            LayerGradients.Capture(network, target.Samples.Range(0, count), target.Output).Dispose();
        }
        Once();
        var start = Stopwatch.GetTimestamp();
        Once();
        return Stopwatch.GetElapsedTime(start).TotalSeconds * target.Samples.Count / count;
    }

    /// <summary>Moments at which one of them looks, as far as they are known beforehand.</summary>
    private long Moments(RecorderSettings[] recorders)
    {
        var (steps, epochs) = (trainer.ExpectedSteps, trainer.ExpectedEpochs);
        var count = 0L;
        for (var step = 0L; step <= steps && recorders.Length > 0; step++)
        {
            // As if all epochs were as long as each other.
            var (epoch, before) = (step * epochs / steps, (step - 1) * epochs / steps);
            var moment = new TrainingMoment(network, step, epoch, double.NaN, double.NaN, 0, step == 0, step == steps, step > 0 && epoch > before);
            count += recorders.Any(r => r.When.Wants(moment)) ? 1 : 0;
        }
        return count;
    }
}
