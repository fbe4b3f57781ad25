using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Engine.Cli;
using Engine.Cli.Display;
using Engine.Kernels.Devices;
using Engine.Kernels.Native;
using Engine.Perf.Devices;
using Engine.Tests.Cli;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Perf;

/// <summary>./engine bench gpu: what it prints, and that one broken case does not take the others along.</summary>
[Collection("device")]
public partial class DeviceBenchTests
{
    [SkippableFact]
    public void ACaseThatFailsLeavesALine()
    {
        _ = TestDevices.Get("opencl");
        var bounds = new DeviceBounds(1, 1, 1, 1);
        static IEnumerable<JsonObject> Broken(DeviceSession session)
        {
            yield return new() { ["case"] = "broken", ["error"] = double.NaN, ["rate"] = 2.0 };
            _ = session.Device.Allocate<double>(session.Device.Description.MemoryBytes);
        }
        var lines = DeviceBench.Lines("broken", "opencl", Broken, bounds, rounds: 1, CancellationToken.None).ToArray();
        Assert.Equal(2, lines.Length);
        // JSON has no NaN.
        Assert.Equal("""{"case":"broken","error":null,"rate":2}""", lines[0].ToJsonString());
        Assert.Contains("has no room for", (string)lines[1]["failed"]!);
        Assert.Equal(4, (int)lines[1]["exitCode"]!);

        var bug = Assert.Single(DeviceBench.Lines("bug", "opencl", _ => throw new InvalidOperationException("oops"), bounds, 1, CancellationToken.None));
        Assert.Equal("InvalidOperationException: oops", (string?)bug["failed"]);
        Assert.Equal(3, (int)Assert.Single(DeviceBench.Lines("nowhere", "opencl:99", _ => [], bounds, 1, CancellationToken.None))["exitCode"]!);
    }

    /// <summary>What tools that look for races watch is everything but kernels that are there to be measured, and those that mirror a matrix, whose threads share nothing.</summary>
    [SkippableFact]
    public void OnceReachesEveryKernel()
    {
        _ = TestDevices.Get("opencl");
        using var device = Device.Open("opencl");
        var launched = device.Time(() => Assert.NotEmpty(DeviceOnce.Run(TestDevices.Session(device)).ToArray())).Keys;
        string[] texts = [.. KernelText.Names.Except(["algebra.cl", "bounds.cl", "random.cl"]).Select(KernelText.Read)];
        var all = texts.SelectMany(text => KernelNames().Matches(text)).Select(kernel => kernel.Groups[1].Value);
        Assert.Empty(all.Except(launched));
    }

    /// <summary>What breaks or is stopped later does not take along what was measured.</summary>
    [SkippableFact]
    public void KernelsAreToldAsTheyAreMeasured()
    {
        _ = TestDevices.Get("opencl");
        using var device = Device.Open("opencl");
        using var stop = new CancellationTokenSource();
        using var lines = DeviceKernelBench.Run(new(device, new(1, 1, 1, 1), 1, stop.Token)).GetEnumerator();
        Assert.True(lines.MoveNext());
        Assert.Equal("pair_forces", (string?)lines.Current["kernel"]);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (lines.MoveNext())
            {
            }
        });
    }

    [SkippableFact]
    public void LinesAreATableForPeople()
    {
        _ = TestDevices.Get("opencl");
        var run = CliRun.Of("bench", "gpu", "--device", "opencl", "--case", "launch,gemm");
        Assert.Equal(0, run.ExitCode);
        var rows = run.Output.Split('\n').Select(row => row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToArray();
        Assert.Contains(rows, row => row is ["case", "nodes", "microsecondsPerGraph"]);
        Assert.Equal(["1", "2", "4", "20"], rows.Where(row => row is ["launch", _, _]).Select(row => row[1]));
        Assert.Contains(run.ErrorLines, line => line.Contains("gemm: left out", StringComparison.Ordinal));
    }

    [Fact]
    public void RowsOfATableHaveTheSameFacts()
    {
        var table = new FactTable();
        Assert.True(table.Add(new() { ["case"] = "a", ["x"] = 1.234567, ["device"] = "d" }));
        Assert.True(table.Add(new() { ["case"] = "a", ["x"] = null, ["device"] = "d" }));
        Assert.False(table.Add(new() { ["case"] = "b", ["x"] = 1.0 }));
        Assert.False(table.Add(new() { ["case"] = "a", ["y"] = 1.0 }));
        using var text = new StringWriter();
        table.Write(text);
        Assert.Equal(["case  x", "a     1.2346", "a     -"], text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        // A compiler's log is for --json.
        table = new();
        Assert.True(table.Add(new() { ["case"] = "c", ["failed"] = "one\ntwo" }));
        text.GetStringBuilder().Clear();
        table.Write(text);
        Assert.Equal(["case  failed", "c     one"], text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The script's own words; what it measures is tested above.</summary>
    [SkippableFact]
    public void TheScriptSaysHowItIsUsed()
    {
        Skip.IfNot(File.Exists("/bin/bash"), "no bash");
        var script = Path.Combine(Cells.Root, "perf", "gpu.sh");
        var (exitCode, text) = ExternalProgram.Run("/bin/bash", [script, "--help"], null);
        Assert.Equal(0, exitCode);
        Assert.Contains("perf/gpu.sh build FOLDER", text);
        // Every case is in it.
        var lines = File.ReadAllLines(script);
        var cases = lines.Single(line => line.TrimStart().StartsWith("cases=(verify compile", StringComparison.Ordinal)).Trim()["cases=(".Length..^1].Split(' ');
        Assert.Equal(DeviceBench.Cases.Select(c => c.Name).Order(), cases.Order());
        Assert.Equal(ExitCode.BadInput, ExternalProgram.Run("/bin/bash", [script, "--what"], null).ExitCode);
        (exitCode, text) = ExternalProgram.Run("/bin/bash", [script], null);
        Assert.Equal(ExitCode.BadInput, exitCode);
        Assert.Contains("no engine-cli beside this script", text);
    }

    /// <summary>A stand-in for the program that finds everything in order.</summary>
    [SkippableTheory]
    [InlineData("opencl", "gemm: left out, opencl has no such library")]
    [InlineData("cuda:0", "gemm: passed, ")]
    public void TheScriptLeavesOutWhatTheDeviceLacks(string device, string expected)
    {
        Skip.IfNot(File.Exists("/bin/bash"), "no bash");
        using var folder = new ScratchFolder("engine-test-");
        File.Copy(Path.Combine(Cells.Root, "perf", "gpu.sh"), folder.File("gpu.sh"));
        File.WriteAllText(folder.File("engine-cli"), "#!/bin/sh\nexit 0\n");
        Assert.Equal(0, ExternalProgram.Run("/bin/chmod", ["+x", folder.File("engine-cli")], null).ExitCode);
        _ = ExternalProgram.Run("/bin/bash", [folder.File("gpu.sh"), device, folder.File("out")], null);
        var summary = File.ReadAllLines(folder.File("out/summary.txt"));
        Assert.StartsWith(expected, Assert.Single(summary, line => line.StartsWith("gemm", StringComparison.Ordinal)));
        Assert.Contains(summary, line => line.StartsWith("verify: passed", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^KERNEL void (?:GROUP_OF\(\w+\) )?(\w+)", RegexOptions.Multiline)]
    private static partial Regex KernelNames();
}
