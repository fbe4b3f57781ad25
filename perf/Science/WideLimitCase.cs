using Engine.Core.Analysis;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;

namespace Engine.Perf.Science;

/// <summary>Kernels of networks of finite width differ from that of the limit by an amount that falls with the root of the width, as a mean over units does.</summary>
internal static class WideLimitCase
{
    private const int Samples = 20;
    private const int Dimension = 8;
    private const int HiddenLayers = 2;

    /// <summary>√2 keeps the size of what relu passes on (K. He et al., ICCV 2015).</summary>
    private static readonly double WeightScale = Math.Sqrt(2);

    /// <summary>The slope of ln ‖K_w − K_∞‖/‖K_∞‖ in ln w.</summary>
    /// <param name="widths">Rising.</param>
    /// <param name="networks">Of each width, over whose logarithms the mean is taken.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="progress">Told each width.</param>
    /// <param name="cancellation">Looked at before each network.</param>
    public static IEnumerable<ScienceCheck> Run(IReadOnlyList<int> widths, int networks, Workers workers, Action<string> progress, CancellationToken cancellation)
    {
        var data = new ConfinedParticlesData
        {
            Count = Samples,
            Dimension = Dimension,
            BoxLength = 1,
            TrainFraction = 1,
        };
        using var sets = data.Load(Definition(1), "");
        using var limit = Limit(sets.Training, workers);
        var errors = new double[widths.Count];
        for (var k = 0; k < errors.Length; k++)
        {
            for (var seed = 1; seed <= networks; seed++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                using var network = new Network(Definition(widths[k]), (ulong)seed);
                using var kernel = new TangentKernel<double>(new(), workers);
                using var result = kernel.Compute(new NetworkFactors<double>(network, sets.Training));
                errors[k] += Math.Log(KernelMeasures.Drift(result.Sum.Values, limit.Matrix, workers)) / networks;
            }
            progress(FormattableString.Invariant($"width {widths[k]}: relative distance {Math.Exp(errors[k]):G3}"));
        }
        yield return new($"relative distance at width {widths[^1]}, mean of {networks}", Math.Exp(errors[^1]), null, null);
        yield return new("slope of its logarithm in that of the width", LinearFit.Of([.. widths.Select(w => Math.Log(w))], errors).Slope, -0.6, -0.4);
    }

    private static NetworkDefinition Definition(int width) => new()
    {
        Precision = Precision.Double,
        Input = new NumbersInput { Sizes = [Dimension] },
        Initialisation = new() { Scheme = InitialisationScheme.Ntk, WeightStd = WeightScale },
        Layers =
        [
            .. Enumerable.Repeat(new DenseLayer { Units = width, Activation = Activation.Relu }, HiddenLayers),
            new DenseLayer { Units = 1 },
        ],
    };

    private static MatrixBuffer<double> Limit(SampleSet samples, Workers workers)
    {
        using var scope = new TensorScope();
        using var inputs = new MatrixBuffer<double>(Samples, Dimension);
        samples.Range(0, Samples).Input.to_double().CopyTo(inputs.Matrix.Reshaped(1, Samples * Dimension).Row(0));
        return new InfiniteWidthKernel(HiddenLayers, InfiniteWidthActivation.Relu, WeightScale).Of(inputs.Matrix, inputs.Matrix, workers);
    }
}
