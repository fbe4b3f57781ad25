using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Engine.Kernels.Algebra;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;

namespace Engine.Perf;

/// <summary>The kernel of a network as users of PyTorch compute it, by ntk_peer.py on one core: gradients of samples by vmap and jacrev, and for dense networks products of layer factors.</summary>
internal sealed class TorchPeer
{
    private const string Script = "ntk_peer.py";

    /// <summary>Largest relative difference that sums in float explain.</summary>
    private const double Tolerance = 1e-3;

    private static readonly Lazy<TorchPeer?> First = new(() => new[] { ExternalProgram.Find("python3"), "/usr/bin/python3" }.Distinct()
        .Where(path => File.Exists(path) && ExternalProgram.Run(path, ["-c", "import numpy, torch, importlib.util as u; u.find_spec('torch.func') or u.find_spec('functorch').name"], null).ExitCode == 0)
        .Select(path => new TorchPeer(path!)).FirstOrDefault());

    private readonly string python;

    /// <summary>What it found for a workload, by name: it has one core, whatever the threads beside it.</summary>
    private readonly Dictionary<string, Finding> findings = [];

    internal TorchPeer(string python) => this.python = python;

    /// <summary>The first Python that has PyTorch with vmap and jacrev; null without one.</summary>
    public static TorchPeer? Installed => First.Value;

    /// <summary>Adds what both routes took, and how far their kernels are from ours, to a line; a workload is run once.</summary>
    /// <param name="line">Has "seconds" and "threads".</param>
    /// <param name="workload">The case.</param>
    /// <param name="network">Its network.</param>
    /// <param name="inputs">Its samples, as they lie in memory: float or 64-bit integers.</param>
    /// <param name="kernel">Our kernel.</param>
    /// <param name="rounds">Of the route by layer factors.</param>
    /// <param name="progress">Told when it is run.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <param name="device">Where it computes: "cpu" (one core) or "cuda:0".</param>
    /// <exception cref="RunFailedException">It fails, or finds another kernel.</exception>
    public void Add(JsonObject line, NtkWorkload workload, Network network, Tensor inputs, KernelMatrix kernel, int rounds, Action<string> progress, CancellationToken cancellation,
        string device = "cpu")
    {
        if (!findings.TryGetValue(workload.Name, out var finding))
        {
            progress($"{workload.Name}, PyTorch on {(device == "cpu" ? "one core" : device)}");
            findings[workload.Name] = finding = Run(workload, network, inputs, rounds, device, cancellation);
        }
        Record(line, workload, finding.Times);
        foreach (var (route, values) in finding.Kernels)
        {
            var difference = Difference(values, kernel.Values);
            line[route + "Difference"] = difference;
            if (!(difference < Tolerance))
            {
                throw new RunFailedException(FormattableString.Invariant($"{Script} found another kernel by the route {route}: the relative difference is {difference:G3}, expected less than {Tolerance}"));
            }
        }
    }

    private Finding Run(NtkWorkload workload, Network network, Tensor inputs, int rounds, string device, CancellationToken cancellation)
    {
        using var folder = new ScratchFolder("engine-bench-");
        var tokens = workload.Definition.Input is TokensInput;
        var settings = (JsonObject)workload.Facts.DeepClone();
        settings["parameters"] = new JsonArray([.. network.Parameters.Select(p => new JsonObject { ["name"] = p.Name, ["shape"] = Shape(p.Value) })]);
        settings["inputs"] = Shape(inputs);
        settings["tokens"] = tokens;
        settings["reduction"] = workload.Reduction.ToString();
        settings["jacobianSamples"] = workload.JacobianSamples;
        settings["rounds"] = rounds;
        settings["device"] = device;
        File.WriteAllText(folder.File("case.json"), settings.ToJsonString());
        foreach (var parameter in network.Parameters)
        {
            File.WriteAllBytes(folder.File(parameter.Name), MemoryMarshal.AsBytes(parameter.Value.to_float().AsSpan()));
        }
        File.WriteAllBytes(folder.File("inputs"), tokens ? MemoryMarshal.AsBytes(inputs.to_long().AsSpan()) : MemoryMarshal.AsBytes(inputs.to_float().AsSpan()));
        using (var script = typeof(TorchPeer).Assembly.GetManifestResourceStream(Script)!)
        using (var file = File.Create(folder.File(Script)))
        {
            script.CopyTo(file);
        }
        var (exitCode, output) = ExternalProgram.Run(python, [Script, "."], folder.Path, cancellation, oneThread: true);
        if (exitCode != 0)
        {
            throw new RunFailedException($"{Script} left with status {exitCode}: {ExternalProgram.LastLine(output)}");
        }
        return new(
            JsonNode.Parse(ExternalProgram.LastLine(output))!,
            [.. new[] { "jacobian", "gram" }.Where(route => File.Exists(folder.File(route))).Select(route => (route, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(folder.File(route))).ToArray()))]);
    }

    /// <summary>Times for all samples from those for some of them, which form a share s of all: 1/s times the forming, and the products of all pairs of such shares, each pair once.</summary>
    internal static void Record(JsonObject line, NtkWorkload workload, JsonNode found)
    {
        var shares = workload.Samples / workload.JacobianSamples;
        var jacobian = shares * (double)found["forming"]! + shares * (shares + 1) / 2.0 * (double)found["products"]!;
        var ours = (double)line["seconds"]! * (int)line["threads"]!;
        line["peer"] = $"PyTorch {found["version"]}, {(string?)found["device"] switch { null or "cpu" => $"OPENBLAS_CORETYPE {found["blas"]}, one core", var device => device }}";
        line["jacobianSeconds"] = jacobian;
        line["jacobianScaledFrom"] = workload.JacobianSamples;
        line["ratioPerCoreJacobian"] = jacobian / ours;
        if ((double?)found["gram"] is { } gram)
        {
            line["gramSeconds"] = gram;
            line["ratioPerCoreGram"] = gram / ours;
        }
    }

    /// <summary>‖K' − K‖/‖K‖ of the leading block that was found.</summary>
    private static double Difference(float[] values, Matrix<double> kernel)
    {
        var rows = (int)Math.Sqrt(values.Length);
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < rows; j++)
            {
                difference += Math.Pow(values[i * rows + j] - kernel[i, j], 2);
                norm += kernel[i, j] * kernel[i, j];
            }
        }
        return Math.Sqrt(difference / norm);
    }

    private static JsonArray Shape(Tensor tensor) => [.. tensor.shape.Select(size => JsonValue.Create(size))];

    /// <param name="Times">What ntk_peer.py printed.</param>
    /// <param name="Kernels">Leading blocks of the kernel, by route.</param>
    private sealed record Finding(JsonNode Times, (string Route, float[] Values)[] Kernels);
}
