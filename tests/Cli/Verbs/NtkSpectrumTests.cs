using System.Text.Json.Nodes;
using Engine.Core.Json;
using Engine.IO.Hdf5;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Training;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

[Collection(LibtorchCollection.Name)]
public sealed class NtkSpectrumTests : IDisposable
{
    private const string Data = """{ "type": "line", "count": 50, "trainingCount": 30 }""";
    private const string Definition = """{ "input": { "type": "numbers", "shape": [2] }, "layers": [{ "type": "dense", "units": 9, "activation": "relu" }, { "type": "dense", "units": 2 }] }""";

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string DataFile => Path.Combine(folder, "data.json");

    private string Model => Path.Combine(folder, "model.h5");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableFact]
    public void TablesFilesAndReportSayTheSame()
    {
        Make();
        var @out = Path.Combine(folder, "s.h5");
        var run = CliRun.Of("ntk", "spectrum", Model, DataFile, "--samples", "20", "--out", @out, "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("all 20 eigenvalues", run.Error, StringComparison.Ordinal);
        var found = JsonNode.Parse(run.Output)!;
        var archive = ArrayArchive.Read(@out);
        var eigenvalues = (double[])archive.Arrays["eigenvalues"].Values;
        Assert.Equal(20, eigenvalues.Length);
        Assert.Equal((double)found["trace"]!, eigenvalues.Sum(), 1e-12 * eigenvalues.Sum());
        var shares = eigenvalues.Where(l => l > 0).Select(l => l / eigenvalues.Sum());
        // Eigenvalues that are rounding are left out of one and not of the other: 20 of at most 1e-15 ln 1e15.
        Assert.Equal((double)found["entropy"]!, -shares.Sum(p => p * Math.Log(p)), 1e-12);
        Assert.Equal([20L], archive.Arrays["samples"].Shape);
        Assert.Equal([2L, 2], archive.Arrays["crossEntropies"].Shape);
        Assert.Equal(["dense0", "dense1"], found["layers"]!.AsArray().Select(l => (string)l!["name"]!));
        Assert.Equal(2, found["classes"]!.AsArray().Count);
        var page = File.ReadAllText(Path.ChangeExtension(@out, ".html"));
        Assert.Contains("<figcaption>Eigenvalues</figcaption>", page, StringComparison.Ordinal);
        Assert.Contains((string)found["model"]!, page, StringComparison.Ordinal);
        var table = CliRun.Of("ntk", "spectrum", Model, DataFile, "--samples", "20", "--threads", "1").Output;
        Assert.Contains("effective entropy", table, StringComparison.Ordinal);
        Assert.Contains("dense1", table, StringComparison.Ordinal);
        Assert.Contains("mean (S_ab − S_a − S_b)/2 [nats]", table, StringComparison.Ordinal);
    }

    /// <summary>A file of a training brings its settings of kernels; options go before them.</summary>
    [SkippableFact]
    public void ATrainingBringsItsKernelSettings()
    {
        Make();
        var file = Path.Combine(folder, "training.json");
        File.WriteAllText(file, $$"""
            { "data": {{Data}}, "network": {{Definition}}, "training": { "loss": { "type": "crossEntropy" }, "strategy": { "type": "simple", "epochs": 1 } },
              "kernel": { "reduction": "full", "samples": 12 } }
            """);
        JsonNode Found(params string[] options)
        {
            var run = CliRun.Of(["ntk", "spectrum", Model, file, "--json", .. options]);
            Assert.True(run.ExitCode == 0, run.Error);
            return JsonNode.Parse(run.Output)!;
        }
        Assert.Equal((12, 24), ((int)Found()["samples"]!, (int)Found()["rows"]!));
        var other = Found("--samples", "20", "--reduction", "meanTrace");
        Assert.Equal((20, 20), ((int)other["samples"]!, (int)other["rows"]!));
    }

    [SkippableFact]
    public void ADeviceIsNamedWhereItComputes()
    {
        Make();
        TestDevices.Require("opencl");
        JsonNode On(string device)
        {
            var run = CliRun.Of("ntk", "spectrum", Model, DataFile, "--device", device, "--json");
            Assert.True(run.ExitCode == 0, run.Error);
            return JsonNode.Parse(run.Output)!;
        }
        var (cpu, device) = (On("cpu"), On("opencl"));
        Assert.Equal(("cpu", "opencl:0"), ((string)cpu["device"]!, (string)device["device"]!));
        Assert.Equal((double)cpu["entropy"]!, (double)device["entropy"]!, 1e-10);
        Assert.NotEqual(0, (double)device["entropy"]!);
    }

    [SkippableTheory]
    [InlineData("--samples 31", "expected 1 to the 30 samples")]
    [InlineData("--of pool", "expected one of all, training, test")]
    [InlineData("--route fast", "expected one of auto, dense, dual, lanczos, matrixFree")]
    [InlineData("--precision half", "expected one of float, double")]
    [InlineData("--reduction mean", "is no reduction")]
    [InlineData("--output policy", "no output \"policy\"")]
    [InlineData("--out spectrum.txt", "ends in .h5")]
    [InlineData("--memory 0", "the memory limit is 0 GiB")]
    [InlineData("--set count=0", "count")]
    public void AMistakeIsOneLine(string options, string expected)
    {
        Make();
        var run = CliRun.Of(["ntk", "spectrum", Model, DataFile, .. options.Split(' ')]);
        Assert.True(run.ExitCode == 2, run.Error);
        Assert.Contains(expected, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AModelIsNotWrittenOver()
    {
        Make();
        var before = File.ReadAllBytes(Model);
        var link = Path.Combine(folder, "link.h5");
        File.CreateSymbolicLink(link, Model);
        foreach (var @out in new[] { Model, link })
        {
            var run = CliRun.Of("ntk", "spectrum", Model, DataFile, "--out", @out);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("is read by the same command", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }
        Assert.Equal(before, File.ReadAllBytes(Model));
    }

    [SkippableFact]
    public void AFileThatIsNoModelIsOneLine()
    {
        Make();
        Assert.Contains("does not exist", Assert.Single(CliRun.Of("ntk", "spectrum", Path.Combine(folder, "no.h5"), DataFile).ErrorLines), StringComparison.Ordinal);
        new ArrayArchive().Write(Path.Combine(folder, "empty.h5"));
        Assert.Contains("holds no network", Assert.Single(CliRun.Of("ntk", "spectrum", Path.Combine(folder, "empty.h5"), DataFile).ErrorLines), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Examples => new()
    {
        { "circle", "data.count=60 data.trainingCount=40 training.strategy.epochs=1 kernel.samples=12" },
        { "cnn", "data.count=60 data.trainingCount=40 training.strategy.epochs=1 kernel.samples=12" },
        { "transformer", "data.count=60 data.trainingCount=40 training.strategy.epochs=1 kernel.samples=12" },
        { "vae", "data.count=60 data.trainingCount=40 training.strategy.epochs=1 kernel.samples=12 kernel.subsets.size=8" },
        { "gnn", "data.count=60 data.trainingCount=40 training.strategy.epochs=1 kernel.samples=12" },
        { "ppo", "agent.ppo.iterations=1 agent.ppo.horizon=16 agent.states=12" },
    };

    [Fact]
    public void TheExampleOfTheReadmeIsThatOfTheFolder() => Assert.Contains(
        $"```json\n{File.ReadAllText(Path.Combine(Cells.Root, "examples", "ntk", "circle.json"))}```", File.ReadAllText(Path.Combine(Cells.Root, "README.md")), StringComparison.Ordinal);

    /// <summary>What is shipped for people to start from must start, and what it leaves must be readable.</summary>
    [SkippableTheory]
    [MemberData(nameof(Examples))]
    public void ExamplesRun(string name, string smaller)
    {
        Libtorch.RequireWithHdf5();
        var example = Path.Combine(Cells.Root, "examples", "ntk", name + ".json");
        string[] set = [.. smaller.Split(' ').SelectMany(s => new[] { "--set", s })];
        var run = CliRun.Of(["ntk", "train", example, "--out", Path.Combine(folder, name), .. set]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("warning", run.Error, StringComparison.Ordinal);
        using var file = ArrayReader.Open(Path.Combine(folder, name, "recording.h5"));
        foreach (var entropies in file.Names.Where(n => n.EndsWith("/entropy", StringComparison.Ordinal)))
        {
            Assert.All(file.Read(entropies), s => Assert.InRange(s, 0, Math.Log(12)));
        }
        if (name == "ppo")
        {
            return;
        }
        var spectrum = CliRun.Of(["ntk", "spectrum", Path.Combine(folder, name, "checkpoint"), example, "--samples", "10", "--of", "test", .. set.Take(4)]);
        Assert.True(spectrum.ExitCode == 0, spectrum.Error);
    }

    private void Make()
    {
        Libtorch.RequireWithHdf5();
        File.WriteAllText(DataFile, Data);
        using var network = new Network(StrictJson.Read<NetworkDefinition>(Definition, "network"), 4);
        using var data = StrictJson.Read<DataDefinition>(Data, "data").Load(network.Definition, folder);
        ModelFile.Write(Model, network, data.Encoding);
    }
}
