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

    private readonly string python;

    private TorchPeer(string python) => this.python = python;

    /// <summary>The first Python that has PyTorch with vmap and jacrev; null without one.</summary>
    public static TorchPeer? Installed => new[] { ExternalProgram.Find("python3"), "/usr/bin/python3" }.Distinct()
        .Where(path => File.Exists(path) && ExternalProgram.Run(path, ["-c", "import numpy, torch, importlib.util as u; u.find_spec('torch.func') or u.find_spec('functorch').name"], null).ExitCode == 0)
        .Select(path => new TorchPeer(path!)).FirstOrDefault();

    /// <summary>Runs both routes and adds what they took, and how far their kernels are from ours, to a line.</summary>
    /// <param name="line">Has "seconds" and "threads".</param>
    /// <param name="workload">The case.</param>
    /// <param name="network">Its network.</param>
    /// <param name="inputs">Its samples, as they lie in memory: float or 64-bit integers.</param>
    /// <param name="kernel">Our kernel.</param>
    /// <param name="rounds">Of the route by layer factors.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="RunFailedException">It fails, or finds another kernel.</exception>
    public void Add(JsonObject line, NtkWorkload workload, Network network, Tensor inputs, KernelMatrix kernel, int rounds, CancellationToken cancellation)
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
        var found = JsonNode.Parse(ExternalProgram.LastLine(output))!;
        Record(line, workload, found);
        foreach (var route in new[] { "jacobian", "gram" }.Where(route => File.Exists(folder.File(route))))
        {
            var difference = Difference(folder.File(route), kernel.Values);
            line[route + "Difference"] = difference;
            if (!(difference < Tolerance))
            {
                throw new RunFailedException(FormattableString.Invariant($"{Script} found another kernel by the route {route}: the relative difference is {difference:G3}, expected less than {Tolerance}"));
            }
        }
    }

    /// <summary>Times for all samples from those for some of them, which form a share s of all: 1/s times the forming, and the products of all pairs of such shares, each pair once.</summary>
    internal static void Record(JsonObject line, NtkWorkload workload, JsonNode found)
    {
        var shares = workload.Samples / workload.JacobianSamples;
        var jacobian = shares * (double)found["forming"]! + shares * (shares + 1) / 2.0 * (double)found["products"]!;
        var ours = (double)line["seconds"]! * (int)line["threads"]!;
        line["peer"] = $"PyTorch {found["version"]}, OPENBLAS_CORETYPE {found["blas"]}, one core";
        line["jacobianSeconds"] = jacobian;
        line["jacobianScaledFrom"] = workload.JacobianSamples;
        line["ratioPerCoreJacobian"] = jacobian / ours;
        if ((double?)found["gram"] is { } gram)
        {
            line["gramSeconds"] = gram;
            line["ratioPerCoreGram"] = gram / ours;
        }
    }

    /// <summary>‖K' − K‖/‖K‖ of the leading block that a file has, in float.</summary>
    internal static double Difference(string path, Matrix<double> kernel)
    {
        var values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path));
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
}
