using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;

namespace Engine.Perf.Science;

/// <summary>The exact spectrum of four fifths of a table beside those of subsets of 20 rows, which studies took for it: their entropy is lower.</summary>
internal static class SubsetCase
{
    private const int SubsetSize = 20;
    private const int Subsets = 200;
    private const int Width = 32;

    public static IEnumerable<ScienceCheck> Run(TableDefinition data, string folder, Workers workers)
    {
        var inputs = data.ReadTable(folder).FeatureNames.Count;
        var definition = new NetworkDefinition
        {
            Precision = Precision.Double,
            Input = new NumbersInput { Sizes = [inputs] },
            Layers = [.. Enumerable.Repeat(new DenseLayer { Units = Width, Activation = Activation.Relu }, 2), new DenseLayer { Units = 1 }],
        };
        using var sets = data.Load(definition, folder);
        using var network = new Network(definition, 1);
        using var kernel = new TangentKernel<double>(new(), workers);
        using var result = kernel.Compute(new NetworkFactors<double>(network, sets.Training));
        var subsets = SubsampledSpectrum.Of(result.Sum.Values, SubsetSize, Subsets, 1, workers);
        var trace = KernelMeasures.Trace(result.Sum.Values) / sets.Training.Count;
        using var algebra = LinearAlgebra.OfProcessor(workers);
        var exact = KernelSpectrum.Overwriting(result.Sum.Values, algebra);
        var measured = subsets.Points[^1];
        yield return new($"S of all {exact.Size} rows", exact.Entropy, 0, Math.Log(exact.Size));
        yield return new($"S of {SubsetSize} rows, mean of {Subsets}", measured.Entropy, 0, Math.Log(SubsetSize));
        yield return new("how far that is below, in standard errors", (exact.Entropy - measured.Entropy) / measured.EntropyError, 4, null);
        yield return new("tr/n of subsets, which has no bias: difference in standard errors", Math.Abs(measured.MeanTrace - trace) / measured.MeanTraceError, null, 4);
    }
}
