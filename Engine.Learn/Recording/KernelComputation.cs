using System.Numerics;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;

namespace Engine.Learn.Recording;

/// <summary>Tangent kernels of a network, whatever their precision.</summary>
internal abstract class KernelComputation : IDisposable
{
    public static KernelComputation Of(Precision precision, KernelOptions options, Workers workers, Device? device) =>
        precision == Precision.Double ? new Typed<double>(options, workers, device) : new Typed<float>(options, workers, device);

    /// <summary>The kernel of samples with themselves.</summary>
    public abstract KernelResult Compute(Network network, SampleSet samples, string output, CancellationToken cancellation);

    /// <summary>Its diagonal without it.</summary>
    public abstract double[] Diagonal(Network network, SampleSet samples, string output, CancellationToken cancellation);

    /// <summary>What a kernel takes.</summary>
    public abstract KernelEstimate Estimate(Network network, SampleSet samples, string output, double rate);

    /// <summary>Outputs, and the names of layers that kernels by layer have.</summary>
    public abstract (int Outputs, string[] Layers) ShapeOf(Network network, SampleSet samples, string output);

    public abstract void Dispose();

    private sealed class Typed<T>(KernelOptions options, Workers workers, Device? device) : KernelComputation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly TangentKernel<T> kernel = new(options, workers, device);

        public override KernelResult Compute(Network network, SampleSet samples, string output, CancellationToken cancellation) =>
            kernel.Compute(new NetworkFactors<T>(network, samples, output, cancellation), cancellation: cancellation);

        public override double[] Diagonal(Network network, SampleSet samples, string output, CancellationToken cancellation) =>
            kernel.Diagonal(new NetworkFactors<T>(network, samples, output, cancellation));

        public override KernelEstimate Estimate(Network network, SampleSet samples, string output, double rate) =>
            kernel.Estimate(new NetworkFactors<T>(network, samples, output), null, rate);

        public override (int Outputs, string[] Layers) ShapeOf(Network network, SampleSet samples, string output)
        {
            var factors = new NetworkFactors<T>(network, samples, output);
            return (factors.Outputs, [.. factors.Layers.Select(l => l.Name).Distinct()]);
        }

        public override void Dispose() => kernel.Dispose();
    }
}
