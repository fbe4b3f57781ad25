using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.Cli.Display;
using Engine.Perf.Devices;
using Engine.Tests.Cli;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Perf;

/// <summary>./engine bench gpu: what it prints, and that one broken case does not take the others along.</summary>
[Collection("device")]
public class DeviceBenchTests
{
    [SkippableFact]
    public void ACaseThatFailsLeavesALine()
    {
        _ = TestDevices.Get("opencl");
        static IEnumerable<JsonObject> Broken(DeviceSession session)
        {
            yield return new() { ["case"] = "broken", ["error"] = double.NaN, ["rate"] = 2.0 };
            _ = session.Device.Allocate<double>(session.Device.Description.MemoryBytes);
        }
        var lines = DeviceBench.Lines("broken", "opencl", Broken, rounds: 1, CancellationToken.None).ToArray();
        Assert.Equal(2, lines.Length);
        // JSON has no NaN.
        Assert.Equal("""{"case":"broken","error":null,"rate":2}""", lines[0].ToJsonString());
        Assert.Contains("has no room for", (string)lines[1]["failed"]!);
        Assert.Equal(4, (int)lines[1]["exitCode"]!);

        var bug = Assert.Single(DeviceBench.Lines("bug", "opencl", _ => throw new InvalidOperationException("oops"), 1, CancellationToken.None));
        Assert.Equal("InvalidOperationException: oops", (string?)bug["failed"]);
        Assert.Equal(3, (int)Assert.Single(DeviceBench.Lines("nowhere", "opencl:99", _ => [], 1, CancellationToken.None))["exitCode"]!);
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
        var (exitCode, text) = Engine.Kernels.Native.ExternalProgram.Run("/bin/bash", [script, "--help"], null);
        Assert.Equal(0, exitCode);
        Assert.Contains("perf/gpu.sh build FOLDER", text);
        // Every case is in it.
        var lines = File.ReadAllLines(script);
        var cases = lines.Single(line => line.TrimStart().StartsWith("cases=(verify compile", StringComparison.Ordinal)).Trim()["cases=(".Length..^1].Split(' ');
        Assert.Equal(DeviceBench.Cases.Select(c => c.Name).Order(), cases.Order());
        Assert.Equal(ExitCode.BadInput, Engine.Kernels.Native.ExternalProgram.Run("/bin/bash", [script, "--what"], null).ExitCode);
        (exitCode, text) = Engine.Kernels.Native.ExternalProgram.Run("/bin/bash", [script], null);
        Assert.Equal(ExitCode.BadInput, exitCode);
        Assert.Contains("no engine-cli beside this script", text);
    }
}
