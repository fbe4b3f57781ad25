using System.Text.Json.Nodes;
using Engine.Cli;
using Engine.Cli.Display;
using Engine.Cli.Runs;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Cli;

/// <summary>What surrounds a simulation, with a stand-in for the simulation.</summary>
public sealed class RunSessionTests : IDisposable
{
    private const string Input = """
        { "title": "two particles", "units": "lj", "system": { "random": { "counts": { "A": 2 }, "density": 0.1 } },
          "potential": null, "timeStep": 0.01, "stages": [ { "name": "only", "steps": 10 } ] }
        """;

    private readonly string root = Directory.CreateTempSubdirectory("engine-test-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    private string Folder => Path.Combine(root, "run");

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void ACompletedRunLeavesItsProvenance()
    {
        Assert.Equal(0, Run(new Stand(s => s.Done())));
        var manifest = Manifest();
        Assert.Equal("done", (string?)manifest["state"]);
        Assert.Equal(1, (int)manifest["input"]!["seed"]!);
        Assert.Equal(64, ((string)manifest["inputHash"]!).Length);
        Assert.Equal(10, (int)manifest["results"]!["steps"]!);
        Assert.Equal(3, (int)manifest["threads"]!);
        Assert.Equal("c0ffee", (string?)manifest["outputs"]!["trajectory.h5"]!["contentId"]);
        Assert.Contains("stage 1/1 only, step 10/10, T 1.5", error.ToString());
        Assert.Contains("c0ffee", output.ToString());
    }

    [Fact]
    public void AStoppedRunSaysHowToGoOn()
    {
        Assert.Equal(130, Run(new Stand(s => s.Done() with { Completed = false })));
        Assert.Equal("interrupted", (string?)Manifest()["state"]);
        Assert.Contains($"--out {Folder} --resume", error.ToString());
    }

    [Fact]
    public void AFailedRunKeepsTheReason()
    {
        Assert.Throws<RunFailedException>(() => Run(new Stand(_ => throw new RunFailedException("NaN at step 3"))));
        Assert.Equal("failed", (string?)Manifest()["state"]);
        Assert.Equal("NaN at step 3", (string?)Manifest()["reason"]);
    }

    /// <summary>A folder that is gone stands for a disk that is full.</summary>
    [Fact]
    public void WhatEndedARunIsToldEvenWhereItCannotBeWritten()
    {
        Assert.Throws<OperationCanceledException>(() => Run(new Stand(_ => Fail(new OperationCanceledException()))));
        Assert.Equal("NaN", Assert.Throws<RunFailedException>(() => Run(new Stand(_ => Fail(new RunFailedException("NaN"))))).Message);

        RunOutcome Fail(Exception error)
        {
            Directory.Delete(Folder, recursive: true);
            throw error;
        }
    }

    [Fact]
    public void AMistakeInTheInputLeavesNoFolder()
    {
        Assert.Throws<InputException>(() => Run(null));
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void CheckingShowsThePlanAndTouchesNothing()
    {
        var file = Path.Combine(root, "in.json");
        File.WriteAllText(file, Input);
        var run = CliRun.Of("run", file, "--set", "stages[only].steps=25", "--seed", "9", "--out", Folder, "--check", "--json");
        Assert.Equal(0, run.ExitCode);
        var plan = JsonNode.Parse(run.Output)!["input"]!;
        Assert.Equal(25, (int)plan["stages"]![0]!["steps"]!);
        Assert.Equal(9, (int)plan["seed"]!);
        Assert.False(Directory.Exists(Folder));
        Assert.Contains("only", CliRun.Of("run", file, "--check").Output);
    }

    /// <summary>The device is opened, and left in order.</summary>
    [SkippableFact]
    public void CheckingOnADeviceLeavesItInOrder()
    {
        TestDevices.Require("opencl");
        var file = Path.Combine(root, "in.json");
        File.WriteAllText(file, Input);
        var run = CliRun.Of("run", file, "--check", "--device", "opencl");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("on opencl:0", run.Output);
        var refused = CliRun.Of("run", file, "--check", "--device", "opencl", "--set", "precision=double");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("precision", refused.Error);
    }

    [Fact]
    public void AnAbsentInputIsOneLine()
    {
        var run = CliRun.Of("run", Path.Combine(root, "absent.json"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("absent.json", Assert.Single(run.ErrorLines));
    }

    private int Run(Stand? simulation)
    {
        var file = Path.Combine(root, "in.json");
        File.WriteAllText(file, Input);
        return new RunSession(new VerbContext(output, error, IsTerminal: false, default), json: false).Execute(
            RunSetup.Read(file, []), file, ["run", file], Folder, ExistingRun.Refuse, 3, CpuDevice.Describe(),
            () => simulation ?? throw new InputException("no such device"));
    }

    private JsonNode Manifest() => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "run.json")))!;

    private sealed class Stand(Func<Stand, RunOutcome> end) : IPreparedRun
    {
        private RunFolder? files;

        public int Atoms => 2;

        public long TotalSteps => 10;

        public bool IsFinished => false;

        public RunOutcome Run(RunFolder folder, Action<RunState> report, CancellationToken cancellation)
        {
            files = folder;
            report(new RunState("only", 1, 1, 10, 10, 2, 1.5, double.NaN, double.NaN));
            return end(this);
        }

        public RunOutcome Done()
        {
            File.WriteAllText(files!.Trajectory, "frames");
            return new(true, 10, 0.5, new Dictionary<string, double> { ["temperature"] = 1.5 }, [new(files.Trajectory, "c0ffee")]);
        }

        public void Dispose()
        {
        }

        public void Restore(RunFolder folder)
        {
        }
    }
}
