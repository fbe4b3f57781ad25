using Engine.Kernels.Algebra;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;
using Engine.Learn.Training;

namespace Engine.Learn.Recording;

/// <summary>What there is to know of a target at one moment; each part is computed once, when it is first asked for, whoever asks.</summary>
internal sealed class KernelMoment : IDisposable
{
    private readonly LinearAlgebra algebra;
    private readonly Lazy<KernelResult> kernel;
    private readonly Lazy<double[]> diagonalAlone;
    private readonly Lazy<MatrixBuffer<double>> cosine;
    private readonly Lazy<KernelSpectrum> spectrum;
    private readonly Lazy<KernelSpectrum> cosineSpectrum;
    private readonly Lazy<KernelSpectrum[]> layerSpectra;
    private readonly Lazy<SubsampledSpectrum> subsets;
    private readonly Lazy<ClassKernels> classes;
    private readonly Lazy<NetworkOutputs> outputs;
    private readonly Lazy<MatrixBuffer<double>> derivative;
    private readonly Lazy<double> loss;
    private readonly Lazy<double> accuracy;
    private readonly Dictionary<int, PartialSpectrum> leading = [];

    /// <param name="target">Of which samples and output.</param>
    /// <param name="network">As it is now.</param>
    /// <param name="cancellation">Ends the computation of a kernel.</param>
    public KernelMoment(KernelTarget target, Network network, CancellationToken cancellation)
    {
        Target = target;
        algebra = LinearAlgebra.OfHost(target.Workers, target.Device);
        var (samples, output) = (target.Samples, target.Output);
        kernel = new(() => target.Computation.Compute(network, samples, output, cancellation));
        diagonalAlone = new(() => target.Computation.Diagonal(network, samples, output, cancellation));
        cosine = new(() => KernelMeasures.Cosine(Kernel, target.Workers));
        spectrum = new(() => KernelSpectrum.Of(Kernel, algebra));
        cosineSpectrum = new(() => KernelSpectrum.Of(CosineKernel, algebra));
        layerSpectra = new(() => [.. kernel.Value.ByLayer.Select(l => KernelSpectrum.Of(l.Value.Values, algebra))]);
        subsets = new(() => SubsampledSpectrum.Of(Kernel, target.Settings.Subsets.Size, target.Settings.Subsets.Repeats, target.Seed, target.Workers));
        classes = new(() => new(kernel.Value.Sum, target.Classes!, target.Workers));
        outputs = new(() => Evaluation.Outputs(network, samples));
        derivative = new(() => Derive(outputs.Value, target));
        loss = new(() => Evaluation.Distances(network, target.Whole, target.Loss!).Average());
        accuracy = new(() => Training.Accuracy.Of(network, target.Whole));
    }

    public KernelTarget Target { get; }

    public KernelMatrix Full => kernel.Value.Sum;

    public Matrix<double> Kernel => Full.Values;

    public IReadOnlyList<KeyValuePair<string, KernelMatrix>> Layers => kernel.Value.ByLayer;

    public Matrix<double> CosineKernel => cosine.Value.Matrix;

    public KernelSpectrum Spectrum => spectrum.Value;

    public KernelSpectrum CosineSpectrum => cosineSpectrum.Value;

    public IReadOnlyList<KernelSpectrum> LayerSpectra => layerSpectra.Value;

    public SubsampledSpectrum Subsets => subsets.Value;

    public ClassKernels Classes => classes.Value;

    /// <summary>∂L/∂f of the mean loss of the samples, [n, C].</summary>
    public Matrix<double> LossDerivative => derivative.Value.Matrix;

    /// <summary>Mean loss of the whole set.</summary>
    public double Loss => loss.Value;

    public double Accuracy => accuracy.Value;

    /// <summary>[n, C], row by row.</summary>
    public double[] Predictions => outputs.Value[Target.Output].to_double();

    /// <summary>K_ii; exact in both cases, but rounded differently.</summary>
    /// <param name="alone">Whether whoever asks needs no more of the kernel.</param>
    public double[] Diagonal(bool alone) => alone ? diagonalAlone.Value : KernelMeasures.Diagonal(Kernel);

    /// <summary>The largest eigenvalues with their eigenvectors.</summary>
    public PartialSpectrum Leading(int count)
    {
        if (!leading.TryGetValue(count, out var found))
        {
            leading[count] = found = new BlockLanczos(algebra).Largest(new KernelOperator(Kernel, algebra), count);
        }
        return found;
    }

    /// <summary>How much of the leading eigenvectors was among others.</summary>
    public double Overlap(PartialSpectrum before)
    {
        var now = Leading(before.Vectors.Rows).Vectors;
        var count = Math.Min(now.Rows, before.Vectors.Rows);
        return KernelMeasures.Overlap(now.Matrix.Block(0, 0, count, now.Columns), before.Vectors.Matrix.Block(0, 0, count, now.Columns), algebra);
    }

    public void Dispose()
    {
        foreach (var found in leading.Values)
        {
            found.Dispose();
        }
        if (kernel.IsValueCreated)
        {
            kernel.Value.Dispose();
        }
        if (cosine.IsValueCreated)
        {
            cosine.Value.Dispose();
        }
        if (derivative.IsValueCreated)
        {
            derivative.Value.Dispose();
        }
        if (outputs.IsValueCreated)
        {
            foreach (var name in outputs.Value.Names)
            {
                outputs.Value[name].Dispose();
            }
        }
        algebra.Dispose();
    }

    private static MatrixBuffer<double> Derive(NetworkOutputs outputs, KernelTarget target)
    {
        using var scope = new TensorScope();
        var main = outputs.Main.detach();
        main.requires_grad = true;
        var given = new NetworkOutputs(main, outputs.Names.Where(name => name != Network.MainOutput).Select(name => KeyValuePair.Create(name, outputs[name])));
        var values = Autograd.grad(target.Loss!.Mean(given, target.Samples.Targets!), [main])[0].to_double();
        var matrix = new MatrixBuffer<double>(target.Samples.Count, target.Outputs);
        values.CopyTo(matrix.Matrix.Reshaped(1, values.Length).Row(0));
        return matrix;
    }
}
