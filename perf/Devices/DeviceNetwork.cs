using System.Text.Json.Nodes;
using Engine.Kernels.Algebra;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Spectra;
using Engine.Learn.Torch;

namespace Engine.Perf.Devices;

/// <summary>The tangent kernel of a whole transformer and its eigenvalues on a device, from weights and samples on, beside PyTorch's per-sample gradients on the same device.</summary>
internal static class DeviceNetwork
{
    private const long MemoryLimit = 40L << 30;

    public static JsonObject Run(DeviceSession session)
    {
        var (device, workload) = (session.Device, NtkWorkload.OnDevice(session.IsCuda));
        using var workers = new Workers();
        using var scope = new TensorScope();
        using var network = new Network(workload.Definition, seed: 1);
        var inputs = NtkNetworkCase.Inputs(workload);
        var samples = new TensorSamples(inputs);
        using var kernel = new TangentKernel<float>(new() { Reduction = workload.Reduction, MemoryLimit = MemoryLimit }, workers, device);
        var source = new NetworkFactors<float>(network, samples, cancellation: session.Cancellation);
        var place = session.IsCuda && torch.cuda_is_available() ? device.Address : "cpu";
        // A small part first: programs are compiled, libraries loaded.
        kernel.Compute(new NetworkFactors<float>(network, new SampleSubset(samples, [0, 1]))).Dispose();
        Learn.Ntk.KernelResult? result = null;
        var seconds = DeviceClock.Once(device, () => result = kernel.Compute(source, cancellation: session.Cancellation));
        using var found = result!;
        var operations = kernel.Estimate(source, null, 1).Operations;
        var factorSeconds = DeviceClock.Once(device, () => Passes(source, device, samples.Count));
        using var algebra = LinearAlgebra.OfHost(workers, device);
        KernelSpectrum? spectrum = null;
        var eigenSeconds = DeviceClock.Once(device, () => spectrum = KernelSpectrum.Of(found.Sum.Values, algebra));
        var line = new JsonObject
        {
            ["case"] = workload.Name,
            ["device"] = device.Description.Name,
            ["driver"] = device.Description.Driver,
            ["passesOn"] = place,
            ["parameters"] = network.ParameterCount,
            ["samples"] = samples.Count,
            ["outputs"] = source.Outputs,
            ["rows"] = found.Sum.Values.Rows,
            ["threads"] = 1,
            ["seconds"] = seconds,
            ["factorSeconds"] = factorSeconds,
            ["eigenSeconds"] = eigenSeconds,
            ["entropy"] = spectrum!.Entropy,
            ["trace"] = KernelMeasures.Trace(found.Sum.Values),
            ["operations"] = operations,
            ["fractionOfPeak"] = operations / session.Bounds.FlopRate / Math.Max(seconds - factorSeconds, 1e-9),
        };
        if (TorchPeer.Installed is not { } peer)
        {
            line["peer"] = "no python3 with torch";
            return line;
        }
        try
        {
            peer.Add(line, workload, network, inputs, found.Sum, 1, _ => { }, session.Cancellation, place);
        }
        catch (RunFailedException error)
        {
            line["peer"] = error.Message;
        }
        return line;
    }

    /// <summary>What the passes take: as many samples at a time as a tile of the kernel has.</summary>
    private static void Passes(NetworkFactors<float> source, Device device, int samples)
    {
        var grid = TileGrid.Of(samples, source.Layers, source.Outputs, OutputReduction.Full, sizeof(float));
        for (var tile = 0; tile < grid.Tiles; tile++)
        {
            var (start, end) = grid.Tile(tile);
            using var batch = source.Factors(start, end, device);
        }
    }
}
