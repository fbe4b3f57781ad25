using System.Text.Json.Nodes;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;

namespace Engine.Perf;

/// <summary>The kernel of a network from weights and samples on, forward and backward passes included, and PyTorch's time for the same.</summary>
internal static class NtkNetworkCase
{
    public static void Run(JsonObject line, NtkWorkload workload, Workers workers, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        if (NativeLibraries.Find("torch") is { IsPresent: false } absent)
        {
            line["skipped"] = absent.Explain();
            return;
        }
        // The bits of a sum that libtorch shares out depend on its threads.
        torch.set_num_threads(1);
        using var scope = new TensorScope();
        using var network = new Network(workload.Definition, seed: 1);
        var inputs = Inputs(workload);
        var samples = new TensorSamples(inputs);
        using var kernel = new TangentKernel<float>(new() { Reduction = workload.Reduction, MemoryLimit = 16L << 30 }, workers);
        var seconds = NtkBench.Fastest(rounds, () => kernel.Compute(new NetworkFactors<float>(network, samples), cancellation: cancellation).Dispose());
        var estimate = kernel.Estimate(new NetworkFactors<float>(network, samples), null, 1);
        line["samples"] = workload.Samples;
        line["outputs"] = (int)network.OutputShape[0];
        line["parameters"] = network.ParameterCount;
        line["reduction"] = workload.Reduction.ToString();
        line["seconds"] = seconds;
        line["factorSeconds"] = NtkBench.Fastest(rounds, () => Passes(network, samples));
        line["bytes"] = estimate.Bytes;
        Learn.Ntk.KernelResult? result = null;
        line["peakBytes"] = PeakMemory.During(() => result = kernel.Compute(new NetworkFactors<float>(network, samples), cancellation: cancellation));
        using (result)
        {
            Beside(line, workload, network, inputs, result!.Sum, rounds, progress, cancellation);
        }
    }

    private static void Beside(
        JsonObject line, NtkWorkload workload, Network network, Tensor inputs, KernelMatrix kernel, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        if (TorchPeer.Installed is not { } peer)
        {
            line["peer"] = "no python3 with torch and functorch; apt-get install python3-torch";
            return;
        }
        try
        {
            peer.Add(line, workload, network, inputs, kernel, rounds, progress, cancellation);
        }
        catch (RunFailedException error)
        {
            progress($"PyTorch is left out: {error.Message}");
        }
    }

    /// <summary>What the library of networks takes: a forward pass and one backward pass for each output, for so few samples at a time that their factors fit in memory.</summary>
    private static void Passes(Network network, SampleSet samples)
    {
        var factors = new NetworkFactors<float>(network, samples);
        // About as many as a tile of the kernel has.
        var part = Math.Max(32, samples.Count / 4);
        for (var start = 0; start < samples.Count; start += part)
        {
            using var batch = factors.Factors(start, Math.Min(samples.Count, start + part));
        }
    }

    /// <summary>Samples that are always the same.</summary>
    internal static Tensor Inputs(NtkWorkload workload)
    {
        var random = new Random(2);
        if (workload.Definition.Input is TokensInput tokens)
        {
            return torch.tensor([.. Enumerable.Range(0, workload.Samples * tokens.Length).Select(_ => (long)random.Next(NtkWorkload.Vocabulary))], [workload.Samples, tokens.Length]);
        }
        long[] shape = [workload.Samples, .. ((NumbersInput)workload.Definition.Input).Sizes.Select(s => (long)s)];
        return torch.tensor([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)(2 * random.NextDouble() - 1))], shape);
    }
}
