using System.Text.Json.Nodes;
using Engine.Kernels.Native;
using Xunit;

namespace Engine.Tests.Cli;

public class DevicesVerbTests
{
    [Fact]
    public void ListsTheProcessorAndEveryLibraryOrWhyNot()
    {
        var run = CliRun.Of("devices", "--json");
        Assert.Equal(0, run.ExitCode);
        var census = JsonNode.Parse(run.Output)!;
        var cpu = census["devices"]![0]!;
        Assert.Equal("cpu", (string?)cpu["address"]);
        Assert.Equal(Environment.ProcessorCount, (int)cpu["computeUnits"]!);
        Assert.True((long)cpu["memoryBytes"]! > 1 << 20);
        var libraries = census["libraries"]!.AsArray();
        Assert.Equal(NativeLibraries.Names, libraries.Select(l => (string)l!["name"]!));
        Assert.All(libraries, l => Assert.True(l!["path"] is not null ^ l["reason"] is not null));
        foreach (var kind in new[] { "cuda", "opencl" })
        {
            var present = census["devices"]!.AsArray().Any(d => ((string)d!["address"]!).StartsWith(kind, StringComparison.Ordinal));
            var absent = census["absent"]!.AsArray().Any(a => (string)a!["device"]! == kind);
            Assert.True(present ^ absent);
        }
        Assert.Equal("cpu", (string?)Assert.Single(JsonNode.Parse(CliRun.Of("devices", "--json", "--device", "cpu").Output)!["devices"]!.AsArray())!["address"]);
    }

    [SkippableFact]
    public void AnAbsentDeviceLeavesWithThree()
    {
        Skip.If(NativeLibraries.Find("cuda").IsPresent, "this machine has an NVIDIA driver");
        var run = CliRun.Of("run", "a.json", "--device", "cuda");
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("engine: --device cuda is not here: no NVIDIA driver", Assert.Single(run.ErrorLines));
    }

    /// <summary>Before anybody installs a driver for it.</summary>
    [Fact]
    public void AVerbOfTheProcessorRefusesDevicesWhetherTheyAreThereOrNot()
    {
        foreach (var device in new[] { "cuda", "opencl", "opencl:99" })
        {
            var run = CliRun.Of("energy", "a.xyz", "--potential", "b.json", "--device", device);
            Assert.Equal(2, run.ExitCode);
            Assert.StartsWith($"engine: --device is {device}, but this verb computes on the processor only", Assert.Single(run.ErrorLines));
        }
    }
}
