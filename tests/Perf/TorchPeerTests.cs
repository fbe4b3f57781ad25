using System.Text.Json.Nodes;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;
using Engine.Learn.Torch;
using Engine.Perf;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Perf;

[Collection(LibtorchCollection.Name)]
public sealed class TorchPeerTests
{
    /// <summary>A stand-in for Python counts how often it is started, and finds the unit matrix.</summary>
    [SkippableFact]
    public void AWorkloadIsRunOnceForAllNumbersOfThreads()
    {
        Libtorch.Require();
        Skip.If(OperatingSystem.IsWindows(), "needs sh");
        using var folder = new ScratchFolder("engine-test-");
        var python = folder.File("python3");
        File.WriteAllText(python, $$"""
            #!/bin/sh
            echo started >> '{{folder.File("starts")}}'
            printf '\000\000\200\077\000\000\000\000\000\000\000\000\000\000\200\077' > jacobian
            echo '{ "version": "1.13", "blas": "Haswell", "forming": 2, "products": 1 }'
            """);
        Assert.Equal(0, ExternalProgram.Run("/bin/chmod", ["+x", python], null).ExitCode);
        using var scope = new TensorScope();
        var definition = new NetworkDefinition
        {
            Input = new NumbersInput { Sizes = [3] },
            Layers = [new DenseLayer { Units = 1 }],
        };
        using var network = new Network(definition, 1);
        using var kernel = new KernelMatrix(OutputReduction.MeanTrace, 1, 2, 2, symmetric: true);
        (kernel.Values[0, 0], kernel.Values[1, 1]) = (1, 1);
        var peer = new TorchPeer(python);
        JsonObject Add(int threads)
        {
            var line = new JsonObject { ["seconds"] = 0.5, ["threads"] = threads };
            peer.Add(line, new("tiny", "", definition, OutputReduction.MeanTrace, 2, 2, []), network, torch.zeros([2, 3]), kernel, 1, _ => { }, CancellationToken.None);
            return line;
        }
        Assert.Equal(6, (double)Add(threads: 1)["ratioPerCoreJacobian"]!);
        Assert.Equal(3, (double)Add(threads: 2)["ratioPerCoreJacobian"]!);
        // Each kernel of ours is compared.
        kernel.Values[0, 0] = 2;
        Assert.Contains("found another kernel by the route jacobian", Assert.Throws<RunFailedException>(() => Add(threads: 4)).Message);
        Assert.Single(File.ReadAllLines(folder.File("starts")));
    }
}
