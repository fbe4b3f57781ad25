using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Training;

namespace Engine.Perf.Science;

/// <summary>Entropy and trace of the kernel of some samples while a network is trained.</summary>
/// <param name="samples">n of them.</param>
/// <param name="everyEpochs">How often.</param>
/// <param name="workers">The thread team.</param>
internal sealed class KernelDynamics(SampleSet samples, int everyEpochs, Workers workers) : ITrainingRecorder
{
    private readonly List<(double Entropy, double MeanTrace)> moments = [];

    public RecordingSchedule Schedule { get; } = new() { EveryEpochs = everyEpochs };

    /// <summary>S [nats] at each moment, the first before any step.</summary>
    public IReadOnlyList<double> Entropies => [.. moments.Select(m => m.Entropy)];

    /// <summary>By how much S falls below its start.</summary>
    public double Dip => Entropies.Min() - Entropies[0];

    /// <summary>By how much it rises in the end.</summary>
    public double Rise => Entropies[^1] - Entropies[0];

    /// <summary>Factor by which tr/n changes in the end.</summary>
    public double TraceGrowth => moments[^1].MeanTrace / moments[0].MeanTrace;

    public void Record(TrainingMoment moment)
    {
        using var kernel = new TangentKernel<double>(new(), workers);
        using var result = kernel.Compute(new NetworkFactors<double>(moment.Network, samples));
        using var algebra = LinearAlgebra.OfProcessor(workers);
        var spectrum = KernelSpectrum.Overwriting(result.Sum.Values, algebra);
        moments.Add((spectrum.Entropy, spectrum.Trace / spectrum.Size));
    }

    /// <summary>Trains a network from its start, and looks.</summary>
    /// <returns>What was seen, and the mean loss over the samples after the last step.</returns>
    public static (KernelDynamics Dynamics, double Loss) Train(
        NetworkDefinition definition, SampleSet samples, TrainingSettings settings, int everyEpochs, Workers workers, CancellationToken cancellation)
    {
        using var network = new Network(definition, settings.Seed);
        using var trainer = new Trainer(network, samples, settings, workers: workers);
        var dynamics = new KernelDynamics(samples, everyEpochs, workers);
        trainer.Run([dynamics], cancellation: cancellation);
        return (dynamics, trainer.Evaluate(samples));
    }
}
