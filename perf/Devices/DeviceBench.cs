using System.Text.Json.Nodes;
using Engine.Kernels.Devices;

namespace Engine.Perf.Devices;

/// <summary>Everything that is measured on a device: experiments that decide how kernels are written, then whole runs.</summary>
public static class DeviceBench
{
    private static readonly (string Name, string Text, Func<Device, IEnumerable<JsonObject>> Run)[] Experiments =
    [
        ("compile", "every variant of the kernels of molecular dynamics builds and runs", DeviceExperiments.Compile),
        ("launch", "what a graph of empty kernels costs", DeviceExperiments.Launch),
        ("lanes", "WCA: threads for a particle, thickness of the skin", DeviceExperiments.Lanes),
        ("gather", "neighbours sorted in memory and not", DeviceExperiments.Gather),
        ("gemm", "products of matrices (CUDA)", DeviceAlgebraBench.Products),
        ("eigen", "eigenvalues (CUDA)", DeviceAlgebraBench.Eigenvalues),
        ("identity", "random words, and two runs, bit by bit", DeviceExperiments.Identity),
    ];

    /// <summary>Names and what they are.</summary>
    public static IReadOnlyList<(string Name, string Text)> Cases { get; } =
    [
        .. Experiments.Select(e => (e.Name, e.Text)),
        .. DeviceMd.Workloads.Select(w => (w.Name, FormattableString.Invariant($"{w.Atoms} atoms, {w.Steps} steps"))),
        .. DeviceGap.Cases.Select(c => (c.Name, FormattableString.Invariant($"forces of a GAP, {6144 * c.Replicate.X * c.Replicate.Y * c.Replicate.Z} atoms of HfO2"))),
        .. DeviceNtk.Cases,
        ("replicas", "1, 16, 256 and 4096 systems of 864 atoms in one batch"),
    ];

    /// <summary>Measures what is named, a line for each result; the first is what the device can do at best.</summary>
    public static IEnumerable<JsonObject> Run(Device device, IReadOnlyList<string> names, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        progress($"bounds of {device.Description.Name}");
        var bounds = DeviceBounds.Measure(device);
        yield return bounds.ToJson(device);
        foreach (var (name, text, run) in Experiments.Where(e => names.Contains(e.Name)))
        {
            if (text.EndsWith("(CUDA)", StringComparison.Ordinal) && device.Description.Kind != DeviceKind.Cuda)
            {
                progress($"{name}: left out, {device.Address} has no such library");
                continue;
            }
            progress($"{name}: {text}");
            foreach (var line in run(device))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return line;
            }
        }
        foreach (var workload in DeviceMd.Workloads.Where(w => names.Contains(w.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            progress(FormattableString.Invariant($"{workload.Name}: {workload.Atoms} atoms"));
            yield return DeviceMd.Run(device, bounds, workload, rounds, cancellation);
        }
        foreach (var (name, _) in DeviceGap.Cases.Where(c => names.Contains(c.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            progress(name);
            yield return DeviceGap.Run(device, bounds, name, rounds);
        }
        foreach (var (name, text) in DeviceNtk.Cases.Where(c => names.Contains(c.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            progress($"{name}: {text}");
            yield return DeviceNtk.Run(device, bounds, name, rounds);
        }
        foreach (var replicas in names.Contains("replicas") ? new[] { 1, 16, 256, 4096 } : [])
        {
            cancellation.ThrowIfCancellationRequested();
            progress(FormattableString.Invariant($"replicas: {replicas}"));
            yield return DeviceMd.RunReplicas(device, replicas, rounds);
        }
    }
}
