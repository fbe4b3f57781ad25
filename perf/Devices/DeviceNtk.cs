using System.Numerics;
using System.Text.Json.Nodes;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;

namespace Engine.Perf.Devices;

/// <summary>Neural tangent kernels from layer factors on a device, beside what its arithmetic and memory allow and the processor's own.</summary>
internal static class DeviceNtk
{
    private const int Outputs = NtkBench.Outputs;
    private const int Tokens = 64;

    private static readonly LayerShape[] Transformer =
    [
        new("embedding", LayerRule.Table, 0, 256, Tokens),
        new("query", LayerRule.Product, 256, 256, Tokens),
        new("key", LayerRule.Product, 256, 256, Tokens),
        new("value", LayerRule.Product, 256, 256, Tokens),
        new("projection", LayerRule.Product, 256, 256, Tokens),
        new("norm 1", LayerRule.Vector, 0, 512, 1),
        new("feed-forward 1", LayerRule.Product, 256, 1024, Tokens),
        new("feed-forward 2", LayerRule.Product, 1024, 256, Tokens),
        new("norm 2", LayerRule.Vector, 0, 512, 1),
        new("dense", LayerRule.Product, 256, Outputs, 1),
    ];

    private static readonly (string Name, string Text, LayerShape[] Layers, OutputReduction Reduction, int Samples, int SamplesOfProcessor)[] Workloads =
    [
        ("ntk-mlp-mean", "kernel of 784-512-512-10, mean over outputs, 1000 samples", NtkBench.Mlp, OutputReduction.MeanTrace, 1000, 1000),
        ("ntk-transformer", "kernel of a block of width 256 over 64 tokens, mean over 10 outputs, 200 samples", Transformer, OutputReduction.MeanTrace, 200, 16),
    ];

    public static IReadOnlyList<(string Name, string Text)> Cases { get; } = [.. Workloads.Select(w => (w.Name, w.Text))];

    public static JsonObject Run(DeviceSession session, string name)
    {
        var (device, bounds, rounds) = (session.Device, session.Bounds, session.Rounds);
        var (_, _, shapes, reduction, onCuda, onOthers) = Workloads.Single(w => w.Name == name);
        var samples = session.IsCuda ? onCuda : onOthers;
        using var workers = new Workers();
        using var factors = new RandomFactors<float>(shapes, samples, Outputs);
        var set = factors.Set;
        var options = new KernelOptions { Reduction = reduction, MemoryLimit = 16L << 30 };
        var plan = new KernelPlan(samples, shapes, samples, shapes, symmetric: true, Outputs, options, sizeof(float), workers.Count, double.PositiveInfinity);
        using var kernel = new TangentKernel<float>(options, workers, device);
        using var found = kernel.Compute(set);
        double[] Times(Action once) => [.. Enumerable.Range(0, rounds).Select(_ => DeviceClock.Once(device, once)).Order()];
        var whole = Times(() => kernel.Compute(set).Dispose())[rounds / 2];
        var work = new DeviceKernelWork<float>(device, plan, found, null, CancellationToken.None);
        using var block = work.Load(set, plan.Rows, 0);
        var times = Times(() => work.Add(block, block));
        var seconds = times[rounds / 2];
        var operations = 2 * plan.MultiplyAdds;
        // Factors are read once, the kernel is written and fetched.
        var bytes = sizeof(float) * samples * shapes.Sum(s => s.ElementsPerSample(Outputs)) + 2 * sizeof(double) * (double)samples * samples;
        var (arithmetic, memory) = (operations / bounds.FlopRate, bytes / bounds.ByteRate);
        return new()
        {
            ["case"] = name,
            ["device"] = device.Description.Name,
            ["driver"] = device.Description.Driver,
            ["samples"] = samples,
            ["outputs"] = Outputs,
            ["reduction"] = reduction.ToString(),
            ["precision"] = "single",
            ["seconds"] = seconds,
            ["spread"] = (times[^1] - times[0]) / seconds,
            ["secondsFromHost"] = whole,
            ["operations"] = operations,
            ["bytes"] = bytes,
            ["bound"] = arithmetic > memory ? "arithmetic in float" : "memory",
            ["roofline"] = Math.Max(arithmetic, memory),
            ["fraction"] = Math.Max(arithmetic, memory) / seconds,
            ["fractionOfPeak"] = arithmetic / seconds,
            ["kernelError"] = Error(found, set, options, workers),
            ["layers"] = new JsonArray([.. plan.Describe().Select(l => JsonValue.Create(l))]),
        };
    }

    /// <summary>Kernels of few samples.</summary>
    public static void Few<T>(Device device)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var workers = new Workers();
        // A tile of samples with one position, or of positions, and some more; gradients where many positions have few weights.
        foreach (var (shapes, reduction, samples) in new[]
        {
            (NtkBench.Mlp, OutputReduction.MeanTrace, 70), (Transformer, OutputReduction.MeanTrace, 2), ([new("many positions", LayerRule.Product, 6, 5, 48)], OutputReduction.Full, 20),
        })
        {
            using var factors = new RandomFactors<T>(shapes, samples, Outputs);
            using var kernel = new TangentKernel<T>(new() { Reduction = reduction }, workers, device);
            kernel.Compute(factors.Set).Dispose();
        }
    }

    /// <summary>The largest difference from the processor's kernel in the same precision, over its largest element.</summary>
    private static double Error(Engine.Learn.Ntk.KernelResult found, FactorSet<float> set, KernelOptions options, Workers workers)
    {
        using var kernel = new TangentKernel<float>(options, workers);
        using var expected = kernel.Compute(set);
        var (largest, difference) = (0.0, 0.0);
        for (var i = 0; i < set.Samples; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                largest = Math.Max(largest, Math.Abs(expected.Sum.Values[i, j]));
                difference = Math.Max(difference, Math.Abs(expected.Sum.Values[i, j] - found.Sum.Values[i, j]));
            }
        }
        return difference / largest;
    }
}
