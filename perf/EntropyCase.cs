using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;

namespace Engine.Perf;

/// <summary>
/// The entropy of a kernel by deflated quadrature beside that of all its eigenvalues. The kernel is that of a network of infinite width with two hidden layers of rectifiers, for samples around
/// ten centres: its spectrum falls as those of networks do.
/// </summary>
internal static class EntropyCase
{
    private const int Samples = 5000;
    private const int Features = 20;
    private const int Centres = 10;
    private const double Spread = 0.5;

    public static void Run(JsonObject line, Workers workers, int rounds)
    {
        using var algebra = LinearAlgebra.OfProcessor(workers);
        using var kernel = Kernel(workers);
        var matrix = kernel.Matrix;
        var trace = KernelMeasures.Trace(matrix);
        EntropyEstimate? estimate = null;
        var seconds = NtkBench.Fastest(rounds, () => estimate = new EntropyQuadrature(algebra).Estimate(new KernelOperator(matrix, algebra), trace));
        KernelSpectrum? spectrum = null;
        // Once: it takes long, and eigenvalues need no warm code.
        var exact = NtkBench.Fastest(0, () => spectrum = KernelSpectrum.Of(matrix, algebra));
        line["samples"] = Samples;
        line["precision"] = "double";
        line["seconds"] = seconds;
        line["products"] = estimate!.Products;
        line["entropy"] = estimate.Entropy;
        line["standardError"] = estimate.StandardError;
        line["exactSeconds"] = exact;
        line["exactEntropy"] = spectrum!.Entropy;
        line["difference"] = estimate.Entropy / spectrum.Entropy - 1;
        line["ratioExact"] = exact / seconds;
    }

    private static MatrixBuffer<double> Kernel(Workers workers)
    {
        var random = new Random(3);
        var centres = Enumerable.Range(0, Centres).Select(_ => Numbers(1)).ToArray();
        using var samples = new MatrixBuffer<double>(Samples, Features);
        for (var i = 0; i < Samples; i++)
        {
            TensorPrimitives.Add<double>(centres[i % Centres], Numbers(Spread), samples.Matrix.Row(i));
        }
        return new InfiniteWidthKernel(HiddenLayers: 2, InfiniteWidthActivation.Relu, Math.Sqrt(2), 0.1).Of(samples.Matrix, samples.Matrix, workers);

        double[] Numbers(double scale) => [.. Enumerable.Range(0, Features).Select(_ => scale * (2 * random.NextDouble() - 1))];
    }
}
