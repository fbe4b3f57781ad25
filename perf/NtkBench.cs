using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;

namespace Engine.Perf;

/// <summary>
/// Neural tangent kernels. From layer factors, without the network that they come from: how long that takes does not depend on the values; beside each stands what the products of
/// matrices alone would take at the speed of the processor's multiply-adds. From networks, with their forward and backward passes, beside PyTorch. And the entropy of a kernel.
/// </summary>
public static class NtkBench
{
    private const int Samples = 1000;
    internal const int Outputs = 10;

    private static readonly (string Name, string Text, Action<JsonObject, Workers, int> Run)[] FactorCases =
    [
        ("mlp-mean", "784-512-512-10, 1000 samples, mean over outputs, float", (line, workers, rounds) => Kernel<float>(line, Mlp, OutputReduction.MeanTrace, workers, rounds)),
        ("mlp-mean-double", "the same in double", (line, workers, rounds) => Kernel<double>(line, Mlp, OutputReduction.MeanTrace, workers, rounds)),
        ("mlp-full", "the same network, all pairs of outputs, float", (line, workers, rounds) => Kernel<float>(line, Mlp, OutputReduction.Full, workers, rounds)),
        ("convolutions", "two layers of a residual network: 64 channels of 32 × 32, 512 of 4 × 4; 32 samples", (line, workers, rounds) => Kernel<float>(line, Convolutions, OutputReduction.MeanTrace, workers, rounds, 32)),
        ("attention", "four projections of 256 over 64 tokens, three of which share inputs, 200 samples", (line, workers, rounds) => Kernel<float>(line, Attention, OutputReduction.MeanTrace, workers, rounds, 200)),
        ("entropy-5000", "entropy of a kernel of 5000 rows by quadrature, beside that of all its eigenvalues", EntropyCase.Run),
    ];

    /// <summary>What can be measured, and a line on each.</summary>
    public static IReadOnlyList<(string Name, string Text)> Names { get; } = [.. FactorCases.Select(c => (c.Name, c.Text)), .. NtkWorkload.All.Select(w => (w.Name, w.Text))];

    internal static LayerShape[] Mlp =>
    [
        new("dense 1", LayerRule.Product, 784, 512, 1),
        new("dense 2", LayerRule.Product, 512, 512, 1),
        new("dense 3", LayerRule.Product, 512, Outputs, 1),
    ];

    private static LayerShape[] Convolutions =>
    [
        new("convolution 1", LayerRule.Product, 576, 64, 1024),
        new("convolution 2", LayerRule.Product, 4608, 512, 16),
    ];

    private static LayerShape[] Attention =>
    [
        new("query", LayerRule.Product, 256, 256, 64),
        new("key", LayerRule.Product, 256, 256, 64),
        new("value", LayerRule.Product, 256, 256, 64),
        new("output", LayerRule.Product, 256, 256, 64),
    ];

    /// <summary>Measures what is named; each line is the best of a few rounds.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> names, int threads, MachineBounds bounds, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        using var workers = new Workers(threads);
        foreach (var (name, _, run) in FactorCases.Where(c => names.Contains(c.Name)))
        {
            var line = Begin(name);
            run(line, workers, rounds);
            if ((double?)line["operations"] is { } operations)
            {
                var bound = threads * (line["precision"]!.ToString() == "double" ? bounds.FlopRateDouble : bounds.FlopRateSingle);
                line["fraction"] = operations / (double)line["seconds"]! / bound;
            }
            yield return line;
        }
        foreach (var workload in NtkWorkload.All.Where(w => names.Contains(w.Name)))
        {
            var line = Begin(workload.Name);
            NtkNetworkCase.Run(line, workload, workers, rounds, progress, cancellation);
            yield return line;
        }

        JsonObject Begin(string name)
        {
            cancellation.ThrowIfCancellationRequested();
            progress($"{name}, {threads} thread{(threads == 1 ? "" : "s")}");
            return new() { ["case"] = name, ["threads"] = threads };
        }
    }

    private static void Kernel<T>(JsonObject line, LayerShape[] shapes, OutputReduction reduction, Workers workers, int rounds, int samples = Samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var factors = new RandomFactors<T>(shapes, samples, Outputs);
        var set = factors.Set;
        using var kernel = new TangentKernel<T>(new() { Reduction = reduction, MemoryLimit = 16L << 30 }, workers);
        var estimate = kernel.Estimate(set, null, GemmRate.Measure<T>(workers));
        var seconds = Fastest(rounds, () => kernel.Compute(set).Dispose());
        line["samples"] = samples;
        line["outputs"] = Outputs;
        line["reduction"] = reduction.ToString();
        line["precision"] = typeof(T) == typeof(double) ? "double" : "single";
        line["seconds"] = seconds;
        line["estimatedSeconds"] = estimate.Seconds;
        line["operations"] = estimate.Operations;
        line["bytes"] = estimate.Bytes;
        line["peakBytes"] = PeakMemory.During(() => kernel.Compute(set).Dispose());
        line["layers"] = new JsonArray([.. estimate.Layers.Select(l => JsonValue.Create(l))]);
    }

    /// <summary>Seconds of the best of some rounds after a first one.</summary>
    internal static double Fastest(int rounds, Action work) => Enumerable.Range(0, rounds + 1).Select(_ =>
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }).Min();
}
