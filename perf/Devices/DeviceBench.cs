using System.Text.Json.Nodes;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Perf.Devices;

/// <summary>Everything that is checked and measured on a device: whether it computes what the processor does, experiments that decide how kernels are written, each kernel, whole runs.</summary>
public static class DeviceBench
{
    private static readonly (string Name, string Text, Func<DeviceSession, IEnumerable<JsonObject>> Run)[] All =
    [
        ("verify", "forces, energies, virials, random words, repeated runs: as they must be", DeviceVerification.Run),
        ("compile", "every variant of the kernels of molecular dynamics builds and runs", DeviceExperiments.Compile),
        ("once", "kernels of runs and tangent kernels a few times, for tools that watch each access to memory", DeviceOnce.Run),
        ("launch", "what a graph of empty kernels costs", DeviceExperiments.Launch),
        ("kernels", "each kernel alone, beside what bounds it", DeviceKernelBench.Run),
        ("lanes", "threads for a particle, and thickness of the skin of WCA", DeviceExperiments.Lanes),
        ("steps", "forces and motion by one kernel, or two", DeviceExperiments.Steps),
        ("gather", "neighbours sorted in memory and not", DeviceExperiments.Gather),
        ("gather-lines", "lines of a cache that a gather touches, by threads for a particle", DeviceExperiments.GatherLines),
        ("gemm", "products of matrices (CUDA)", DeviceAlgebraBench.Products),
        ("eigen", "eigenvalues (CUDA)", DeviceAlgebraBench.Eigenvalues),
        .. DeviceMd.Workloads.Select(workload => (
            workload.Name, FormattableString.Invariant($"{workload.Atoms} atoms"),
            (Func<DeviceSession, IEnumerable<JsonObject>>)(session => [DeviceMd.Run(session, workload)]))),
        .. DeviceGap.Cases.Select(c => (
            c.Name, FormattableString.Invariant($"forces of a GAP, {6144 * c.Replicate.X * c.Replicate.Y * c.Replicate.Z} atoms of HfO2"),
            (Func<DeviceSession, IEnumerable<JsonObject>>)(session => [DeviceGap.Run(session, c.Name)]))),
        .. DeviceNtk.Cases.Select(c => (c.Name, c.Text, (Func<DeviceSession, IEnumerable<JsonObject>>)(session => [DeviceNtk.Run(session, c.Name)]))),
        ("ntk-network", NtkWorkload.OnDeviceText, session => [DeviceNetwork.Run(session)]),
        ("replicas", "1, 16, 256 and 4096 systems of 864 atoms in one batch", DeviceMd.RunReplicas),
    ];

    /// <summary>Names and what they are.</summary>
    public static IReadOnlyList<(string Name, string Text)> Cases { get; } = [.. All.Select(c => (c.Name, c.Text))];

    /// <summary>Cases that compute with libraries which devices of OpenCL lack.</summary>
    private static readonly string[] CudaOnly = ["gemm", "eigen"];

    /// <summary>
    /// Measures what is named, a line for each result. A case that fails leaves a line that says so under "failed" and the exit code under "exitCode"; the others run all the
    /// same, each on a device that was opened anew. Lines of checks say whether they "passed".
    /// </summary>
    /// <param name="address">Of the device.</param>
    /// <param name="names">Of the cases.</param>
    /// <param name="rounds">Rounds of whole runs; the median counts.</param>
    /// <param name="progress">Told what is under way.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="MissingLibraryException">There is no such device.</exception>
    public static IEnumerable<JsonObject> Run(string address, IReadOnlyList<string> names, int rounds, Action<string> progress, CancellationToken cancellation)
    {
        DeviceBounds bounds;
        using (var device = Device.Open(address))
        {
            progress($"bounds of {device.Description.Name}");
            bounds = DeviceBounds.Measure(device);
            yield return bounds.ToJson(device);
        }
        foreach (var (name, text, run) in All.Where(c => names.Contains(c.Name)))
        {
            if (CudaOnly.Contains(name) && !address.StartsWith("cuda", StringComparison.Ordinal))
            {
                progress($"{name}: left out, {address} has no such library");
                continue;
            }
            progress($"{name}: {text}");
            foreach (var line in Lines(name, address, run, bounds, rounds, cancellation))
            {
                yield return line;
            }
        }
    }

    internal static IEnumerable<JsonObject> Lines(string name, string address, Func<DeviceSession, IEnumerable<JsonObject>> run, DeviceBounds bounds, int rounds, CancellationToken cancellation)
    {
        Device? device = null;
        IEnumerator<JsonObject>? lines = null;
        try
        {
            var failed = false;
            while (!failed)
            {
                JsonObject line;
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    device ??= Device.Open(address);
                    lines ??= run(new(device, bounds, rounds, cancellation)).GetEnumerator();
                    if (!lines.MoveNext())
                    {
                        break;
                    }
                    line = Finite(lines.Current);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    failed = true;
                    line = new()
                    {
                        ["case"] = name,
                        ["failed"] = error is EngineException ? error.Message : $"{error.GetType().Name}: {error.Message}",
                        ["exitCode"] = error is EngineException own ? own.ExitCode : 4,
                    };
                }
                yield return line;
            }
        }
        finally
        {
            lines?.Dispose();
            device?.Dispose();
        }
    }

    /// <summary>What a broken kernel computes may be no number, for which JSON has no word.</summary>
    private static JsonObject Finite(JsonObject line)
    {
        foreach (var key in line.Where(fact => fact.Value is JsonValue value && value.TryGetValue<double>(out var x) && !double.IsFinite(x)).Select(fact => fact.Key).ToArray())
        {
            line[key] = null;
        }
        return line;
    }
}
