using System.Diagnostics;
using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.Kernels.Native;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>The program as a process of its own: signals, kills, a full disk.</summary>
[Collection("libhdf5")]
public class ChildProcessTests
{
    private static readonly string Input = $$"""
        { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [3, 3, 3] } },
          "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1.5, "timeStep": 0.005,
          "stages": [ { "minimise": { "maximumForce": 0.1, "maximumSteps": 50 } },
                      { "name": "heat", "steps": 1500, "temperature": { "from": 1, "to": 2 }, "thermostat": { "type": "bussi", "relaxationTime": 0.1 } },
                      { "name": "run", "steps": 1500, "temperature": 2, "pressure": 1, "thermostat": { "type": "bussi", "relaxationTime": 0.1 },
                        "barostat": { "type": "cellRescaling", "relaxationTime": 1, "compressibility": 0.1 } } ],
          "output": { "thermo": { "every": 5 }, "trajectory": { "every": 7, "velocities": true }, "checkpoint": { "every": 50 } },
          "analysis": { "stages": ["heat", "run"], "radialDistribution": { "every": 50, "maximum": 2, "bins": 20 } } }
        """;

    /// <summary>
    /// SIGKILL at random moments, then --resume: the trajectory ends at the bits of a run that nobody disturbed. ENGINE_TEST_KILLS sets the
    /// number of kills.
    /// </summary>
    [SkippableFact]
    public void AKilledRunResumesToTheSameTrajectory()
    {
        NeedsHdf5.Check();
        var kills = int.TryParse(Environment.GetEnvironmentVariable("ENGINE_TEST_KILLS"), out var n) ? n : 6;
        using var run = new SmallRun(Input);
        var expected = run.Complete(threads: 2);
        var random = new Random(11);
        var done = 0;
        for (var series = 0; done < kills; series++)
        {
            var folder = RunFolder.At(run.File($"killed{series}"));
            string[] resume = [];
            // Until it reaches its end before the kill.
            while (true)
            {
                using var child = ChildProcess.Start(["run", run.InputFile, "--out", folder.Path, "--threads", "1", .. resume]);
                // Once the checkpoint has moved on so often, and a little later.
                var moves = done < kills ? random.Next(1, 12) : int.MaxValue;
                var killed = ChildProcess.WaitForCheckpoints(folder, child, moves);
                if (!killed)
                {
                    child.WaitForExit();
                    Assert.True(child.ExitCode == 0, child.StandardError.ReadToEnd());
                    break;
                }
                Thread.Sleep(random.Next(8));
                child.Kill();
                child.WaitForExit();
                done++;
                resume = ["--resume"];
            }
            Assert.Equal(expected.TrajectoryId, TrajectoryId.Logical(folder.Trajectory));
            Assert.Equal(expected.Checkpoint, File.ReadAllBytes(folder.Checkpoint));
            // Each stage is measured once, however often it was gone through.
            var titles = JsonNode.Parse(File.ReadAllText(folder.Analysis))!.AsArray().Select(r => (string)r!["title"]!).ToArray();
            Assert.Equal(titles.Distinct(), titles);
            File.Delete(folder.Trajectory);
        }
    }

    [SkippableTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void ASignalEndsTheRunAtItsNextStepAndItCanGoOn(string signal)
    {
        NeedsHdf5.Check();
        Skip.If(OperatingSystem.IsWindows(), "needs kill");
        using var run = new SmallRun(Input);
        var expected = run.Complete(threads: 1);
        var folder = RunFolder.At(run.File("stopped"));
        var (exitCode, error) = ChildProcess.Disturb(folder, ["run", run.InputFile, "--out", folder.Path, "--threads", "1", "--set", "output.checkpoint.every=50"], child =>
        {
            using var kill = Process.Start("kill", [$"-{signal}", $"{child.Id}"]);
            kill.WaitForExit();
        });
        Assert.True(exitCode == 130, error);
        Assert.Contains("--resume", error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)RunManifest.Read(folder.Manifest)!["state"]);
        Assert.Equal(0, CliRun.Of("verify", folder.Path).ExitCode);
        var done = CliRun.Of("run", run.InputFile, "--out", folder.Path, "--threads", "2", "--resume");
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(expected.TrajectoryId, TrajectoryId.Logical(folder.Trajectory));
        Assert.Equal(expected.Checkpoint, File.ReadAllBytes(folder.Checkpoint));
    }

    /// <summary>timeout(1) signals its child and then the child's group; a terminal and a shell may both pass Ctrl-C on.</summary>
    [SkippableTheory]
    [InlineData("0.002")]
    [InlineData("0.05")]
    public void TheSameSignalTwiceStopsOnce(string seconds)
    {
        NeedsHdf5.Check();
        Skip.If(OperatingSystem.IsWindows(), "needs kill");
        using var run = new SmallRun(Input);
        var folder = RunFolder.At(run.File("stopped"));
        var (exitCode, error) = ChildProcess.Disturb(folder, ["run", run.InputFile, "--out", folder.Path, "--threads", "1", "--set", "stages[run].steps=100000"], child =>
        {
            // The second signal may find that the process is gone.
            using var kill = Process.Start("bash", ["-c", $"kill -INT {child.Id}; sleep {seconds}; kill -INT {child.Id} 2> /dev/null"]);
            kill.WaitForExit();
        });
        Assert.True(exitCode == 130, error);
        Assert.Single(error.Split('\n'), "engine: stopping, writing the checkpoint (Ctrl-C again after a second gives up)");
        Assert.Contains("--resume", error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)RunManifest.Read(folder.Manifest)!["state"]);
        Assert.Equal(0, CliRun.Of("verify", folder.Path).ExitCode);
    }

    /// <summary>A limit on the size of files stands for a full disk.</summary>
    [SkippableTheory]
    [InlineData(100, 4, "\"trajectory\": { \"every\": 1 }")]
    [InlineData(250, 10, "\"checkpoint\": { \"every\": 50 }")]
    public void AFullDiskIsOneLine(int kilobytes, int cells, string output)
    {
        NeedsHdf5.Check();
        Skip.If(OperatingSystem.IsWindows(), "needs ulimit");
        using var run = new SmallRun($$"""
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [{{cells}}, {{cells}}, {{cells}}] } },
              "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1.5, "timeStep": 0.005,
              "stages": [ { "name": "a", "steps": 20000 } ], "output": { {{output}} } }
            """);
        RefusesTheDisk(kilobytes, "run", run.InputFile, "--out", run.File("out"), "--threads", "1");
    }

    /// <summary>What the library keeps back until a file is closed is not lost in silence, and an older file stays.</summary>
    [SkippableFact]
    public void AFullDiskIsToldAlsoWhereRowsAreKeptBack()
    {
        NeedsHdf5.Check();
        Skip.If(OperatingSystem.IsWindows(), "needs ulimit");
        using var run = new SmallRun("{}");
        var command = Descriptors(run, run.File("soap.h5"));
        File.WriteAllText(run.File("soap.h5"), "older");
        RefusesTheDisk(64, command);
        Assert.Equal("older", File.ReadAllText(run.File("soap.h5")));
    }

    /// <summary>A disk, unlike a limit, takes a long file that is empty, and has no room for its rows only when they come.</summary>
    [SkippableFact]
    public void ADiskThatIsFullWhenTheRowsComeIsTold()
    {
        NeedsHdf5.Check();
        using var run = new SmallRun("{}");
        Directory.CreateDirectory(run.File("disk"));
        var mount = $"mount -t tmpfs -o size=100k tmpfs '{run.File("disk")}'";
        Skip.If(ExternalProgram.Find("unshare") is null || ExternalProgram.Run("/bin/sh", ["-c", $"unshare -rm {mount}"], null).ExitCode != 0, "needs a disk of its own (unshare, mount)");
        var older = run.File("disk/soap.h5");
        var program = Quoted(Descriptors(run, older));
        var (exitCode, output) = ExternalProgram.Run(
            "unshare", ["-rm", "/bin/sh", "-c", $"{mount} && echo older > '{older}' && {{ {program}; status=$?; echo; cat '{older}'; exit $status; }}"], null);
        Assert.True(exitCode == 4, output);
        Assert.Contains("soap.h5 cannot be written", output);
        Assert.Contains("older", output.Split('\n'));
    }

    /// <summary>A command of which the rows have 130 kB.</summary>
    private static string[] Descriptors(SmallRun run, string path)
    {
        File.WriteAllText(run.File("soap.json"), """{ "type": "soap", "cutoff": "4 Angstrom", "nMax": 8, "lMax": 6, "atomSigma": 0.5 }""");
        var atoms = Enumerable.Range(0, 64).Select(k => FormattableString.Invariant($"Si {2.7 * (k % 4) + 0.01 * k} {2.7 * (k / 4 % 4)} {2.7 * (k / 16)}"));
        File.WriteAllText(run.File("a.xyz"), "64\nLattice=\"10.8 0 0 0 10.8 0 0 0 10.8\" Properties=species:S:1:pos:R:3\n" + string.Join('\n', atoms) + "\n");
        return ["soap", run.File("a.xyz"), "--settings", run.File("soap.json"), "--out", path];
    }

    private static string Quoted(string[] arguments) => string.Join(' ', ChildProcess.Command(typeof(Shell).Assembly, arguments).Select(word => $"'{word}'"));

    private static void RefusesTheDisk(int kilobytes, params string[] arguments)
    {
        var program = Quoted(arguments);
        var start = new ProcessStartInfo("bash", ["-c", $"trap '' XFSZ; ulimit -f {kilobytes}; exec {program}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        // The runtime maps its code from a file, which the limit would forbid.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var child = Process.Start(start)!;
        var error = child.StandardError.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 4, $"exit code {child.ExitCode}: {error}");
        var line = error.TrimEnd().Split('\n')[^1];
        Assert.DoesNotContain("internal error", error, StringComparison.Ordinal);
        Assert.Contains("space", line, StringComparison.Ordinal);
    }
}
