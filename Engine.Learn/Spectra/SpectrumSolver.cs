using System.Globalization;
using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;

namespace Engine.Learn.Spectra;

/// <summary>
/// The spectrum of a network's kernel by whichever route its size allows: all eigenvalues where memory and time suffice, of the kernel or of Jᵀ J, whichever is smaller; else the largest
/// ones and the entropy with its error, of the kernel in memory or without one.
/// </summary>
/// <param name="settings">Limits, and of what.</param>
/// <param name="workers">The thread team.</param>
/// <param name="device">Where kernels are computed, and on CUDA their eigenvalues; null for the processor.</param>
public sealed class SpectrumSolver(SpectrumSettings settings, Workers workers, Device? device = null)
{
    /// <summary>Samples whose Jacobian is formed at once.</summary>
    private const int JacobianBatch = 16;

    /// <summary>Matrices in memory while all eigenvalues are computed: one, and a copy that is taken apart.</summary>
    private const int DenseMatrices = 2;

    /// <summary>Decompositions of that size beside those of layers: of the kernel and of the cosine kernel.</summary>
    private const int DenseDecompositions = 2;

    /// <summary>Seconds of a decomposition for each n³, asked for where the route is to be chosen.</summary>
    internal Func<double> EigenSeconds { get; init; } = () => EigenRate.Measure(workers, device);

    /// <summary>Computes it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">N samples.</param>
    /// <param name="output">Which output.</param>
    /// <param name="classes">The class of each sample; null where there are none.</param>
    /// <param name="note">Told what is chosen, before it is computed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InputException">No route fits the limits, or the one asked for does not.</exception>
    /// <exception cref="RunFailedException">NaN, or eigenvalues that no kernel has.</exception>
    public NetworkSpectrum Solve(
        Network network, SampleSet samples, string output = Network.MainOutput, IReadOnlyList<int>? classes = null, Action<string>? note = null, CancellationToken cancellation = default)
    {
        settings.Check();
        return settings.Precision == Precision.Double
            ? new Work<double>(settings, EigenSeconds, workers, device, network, samples, output, classes, cancellation).Solve(note)
            : new Work<float>(settings, EigenSeconds, workers, device, network, samples, output, classes, cancellation).Solve(note);
    }

    private sealed class Work<T>(
        SpectrumSettings settings, Func<double> eigenSeconds, Workers workers, Device? device, Network network, SampleSet samples, string output, IReadOnlyList<int>? classes,
        CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly NetworkFactors<T> factors = new(network, samples, output, cancellation);

        private int Outputs => factors.Outputs;

        private int Rows => settings.Reduction.RowsOf(samples.Count, Outputs);

        private double KernelBytes => 8.0 * Rows * Rows;

        /// <summary>Whether Jᵀ J has the eigenvalues of the kernel: not where it is a sum over outputs.</summary>
        private bool HasDual => settings.Reduction.Kind is OutputReductionKind.Full or OutputReductionKind.SingleOutput || Outputs == 1;

        public NetworkSpectrum Solve(Action<string>? note)
        {
            settings.Reduction.Require(Outputs);
            var (route, byLayer, reason) = Choose();
            note?.Invoke(reason);
            var found = new NetworkSpectrum
            {
                Route = route,
                Reason = reason,
                Samples = samples.Count,
                Outputs = Outputs,
                Parameters = network.ParameterCount,
                Rows = Rows,
                Diagonal = [],
                Eigenvalues = [],
                Entropy = double.NaN,
            };
            using var algebra = LinearAlgebra.OfHost(workers, device);
            switch (route)
            {
                case SpectrumRoute.Dense:
                    return Dense(found, byLayer, algebra);
                case SpectrumRoute.Dual:
                    found = found with { Diagonal = Diagonal() };
                    var spectrum = Dual(algebra);
                    return found with { Eigenvalues = spectrum.Eigenvalues, Entropy = spectrum.Entropy, ParticipationRatio = spectrum.ParticipationRatio };
                case SpectrumRoute.Lanczos:
                    using (var kernel = Kernel(byLayer: false))
                    {
                        found = found with { Diagonal = KernelMeasures.Diagonal(kernel.Sum.Values) };
                        return Estimate(found, new KernelOperator(kernel.Sum.Values, algebra), algebra) with
                        {
                            ParticipationRatio = KernelMeasures.ParticipationRatio(kernel.Sum.Values, workers),
                        };
                    }
                default:
                    found = found with { Diagonal = Diagonal() };
                    return Estimate(found, new MatrixFreeKernel(network, samples, output, settings.Reduction, cancellation), algebra);
            }
        }

        private static string MebiBytes(double bytes) => (bytes / (1L << 20)).ToString(bytes < 10 << 20 ? "0.##" : "0", CultureInfo.InvariantCulture);

        private (SpectrumRoute Route, bool ByLayer, string Reason) Choose()
        {
            var byLayer = HasRoom(byLayer: true, DenseMatrices - 1);
            if (settings.Route is { } wanted)
            {
                return wanted != SpectrumRoute.Dual || HasDual
                    ? (wanted, byLayer, $"{Name(wanted)} was asked for")
                    : throw new InputException($"the dual route was asked for with the reduction {settings.Reduction}; expected full or singleOutput:N: a sum over outputs has no Jᵀ J of its own");
            }
            var (n, p, rate) = ((double)Rows, (double)network.ParameterCount, eigenSeconds());
            var dual = rate * p * p * p;
            double Dense(int layers) => rate * n * n * n * (DenseDecompositions + layers);
            string Text(double bytes, double seconds) => FormattableString.Invariant($"{MebiBytes(bytes)} of {MebiBytes(settings.Bytes)} MiB, about {seconds:0.#} of {settings.TimeLimit:0.#} s");
            bool Fits(double bytes, double seconds) => bytes <= settings.Bytes && seconds <= settings.TimeLimit;
            var denseText = FormattableString.Invariant($"all {n} eigenvalues take {Text(DenseMatrices * KernelBytes, Dense(0))}");
            if (Fits(DenseMatrices * KernelBytes, Dense(0)) && HasRoom(byLayer: false, DenseMatrices - 1))
            {
                var layers = factors.Layers.Select(l => l.Name).Distinct().Count();
                return byLayer && Dense(layers) <= settings.TimeLimit
                    ? (SpectrumRoute.Dense, true, FormattableString.Invariant($"{denseText}, with those of {layers} layers about {Dense(layers):0.#} s"))
                    : (SpectrumRoute.Dense, false, denseText);
            }
            var dualText = FormattableString.Invariant($"those of Jᵀ J with {p} parameters take {Text(DenseMatrices * 8 * p * p, dual)}");
            if (HasDual && p < n && Fits(DenseMatrices * 8 * p * p, dual))
            {
                return (SpectrumRoute.Dual, false, $"{denseText}, but {dualText}");
            }
            return HasRoom(byLayer: false, beside: 0)
                ? (SpectrumRoute.Lanczos, false, $"{denseText}: the largest {settings.Largest} and an estimate of the entropy instead")
                : (SpectrumRoute.MatrixFree, false, $"{denseText}, and the kernel does not fit beside its factors: the largest {settings.Largest} and an estimate of the entropy, without the kernel");
        }

        private NetworkSpectrum Dense(NetworkSpectrum found, bool byLayer, LinearAlgebra algebra)
        {
            using var kernel = Kernel(byLayer);
            var values = kernel.Sum.Values;
            var variables = CollectiveVariables.Of(values, workers, algebra);
            found = found with
            {
                Diagonal = KernelMeasures.Diagonal(values),
                Eigenvalues = variables.Spectrum.Eigenvalues,
                Entropy = variables.Entropy,
                ParticipationRatio = variables.ParticipationRatio,
                CovarianceEntropy = variables.CovarianceEntropy,
                Layers = [.. kernel.ByLayer.Select(l => new NetworkSpectrum.LayerPart(l.Key, KernelMeasures.Trace(l.Value.Values), KernelSpectrum.Of(l.Value.Values, algebra).Entropy))],
            };
            return classes is null ? found : WithClasses(found, new(kernel.Sum, classes, workers));
        }

        private NetworkSpectrum WithClasses(NetworkSpectrum found, ClassKernels kernels)
        {
            NetworkSpectrum.ClassPart Part(int number)
            {
                cancellation.ThrowIfCancellationRequested();
                using var block = kernels.Of(number);
                return new(number, classes!.Count(c => c == number), kernels.Entropy(number), KernelMeasures.Trace(block.Matrix) / block.Rows);
            }
            return found with
            {
                Classes = [.. kernels.Classes.Select(Part)],
                CrossEntropies = kernels.CrossEntropies(cancellation),
                Alignments = kernels.Alignments(cancellation),
            };
        }

        private NetworkSpectrum Estimate(NetworkSpectrum found, IKernelOperator kernel, LinearAlgebra algebra)
        {
            using var largest = new BlockLanczos(algebra) { Seed = settings.Seed }.Largest(kernel, settings.Largest);
            var entropy = new EntropyQuadrature(algebra) { Seed = settings.Seed }.Estimate(kernel, found.Trace, largest);
            return found with
            {
                Eigenvalues = largest.Eigenvalues,
                Residuals = largest.Residuals,
                Entropy = entropy.Entropy,
                EntropyError = entropy.StandardError,
                Products = entropy.Products,
            };
        }

        private KernelSpectrum Dual(LinearAlgebra algebra)
        {
            var p = checked((int)network.ParameterCount);
            using var gram = new MatrixBuffer<double>(p, p);
            for (var start = 0; start < samples.Count; start += JacobianBatch)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = Math.Min(JacobianBatch, samples.Count - start);
                var jacobian = NetworkJacobian.Compute(network, samples.Range(start, start + count), output);
                using var rows = new MatrixBuffer<double>(count * Outputs, p);
                for (var row = 0; row < rows.Rows; row++)
                {
                    if (settings.Reduction.Kind != OutputReductionKind.SingleOutput || row % Outputs == settings.Reduction.Output)
                    {
                        jacobian.AsSpan(row * p, p).CopyTo(rows.Matrix.Row(row));
                    }
                }
                algebra.Syrk(1, rows.Matrix.Transposed, 1, gram.Matrix);
            }
            return KernelSpectrum.OfGram(gram.Matrix, Rows, algebra);
        }

        private KernelResult Kernel(bool byLayer)
        {
            using var kernel = new TangentKernel<T>(Options(byLayer), workers, device);
            return kernel.Compute(factors, cancellation: cancellation);
        }

        private double[] Diagonal()
        {
            using var kernel = new TangentKernel<T>(Options(byLayer: false), workers);
            return kernel.Diagonal(factors);
        }

        /// <summary>Whether kernels and factors fit.</summary>
        /// <param name="byLayer">Whether there is a kernel for each layer.</param>
        /// <param name="beside">Matrices of the size of a kernel besides.</param>
        private bool HasRoom(bool byLayer, int beside)
        {
            using var kernel = new TangentKernel<T>(Options(byLayer) with { MemoryLimit = settings.Bytes - (long)(beside * KernelBytes) }, workers, device);
            try
            {
                kernel.Estimate(factors, null, rate: 1);
                return true;
            }
            catch (InputException)
            {
                return false;
            }
        }

        private KernelOptions Options(bool byLayer) => new()
        {
            Reduction = settings.Reduction,
            MemoryLimit = settings.Bytes,
            ByLayer = byLayer,
        };

        private static string Name(SpectrumRoute route) => route switch
        {
            SpectrumRoute.Dense => "the kernel with all eigenvalues",
            SpectrumRoute.Dual => "Jᵀ J with all eigenvalues",
            SpectrumRoute.Lanczos => "the kernel with its largest eigenvalues",
            _ => "products without a kernel",
        };
    }
}
