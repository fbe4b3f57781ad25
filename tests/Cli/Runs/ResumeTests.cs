using System.Text.Json.Nodes;
using Engine.Cli.Runs;
using Engine.Core.Analysis;
using Engine.Core.Simulations;
using Engine.IO.Checkpoints;
using Engine.IO.H5md;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>What a run finds when it goes on in a folder, and what it keeps of it.</summary>
[Collection("libhdf5")]
public sealed class ResumeTests : IDisposable
{
    private static readonly string Input = $$"""
        { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [3, 3, 3] } },
          "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1, "timeStep": 0.005,
          "stages": [ { "name": "a: b", "steps": 20 }, { "name": "a", "steps": 20 } ],
          "output": { "thermo": { "every": 5 }, "checkpoint": { "every": 10 } },
          "analysis": { "stages": ["a: b", "a"], "radialDistribution": { "every": 5, "maximum": 2, "bins": 20 } } }
        """;

    private readonly SmallRun run = new(Input);

    private string Folder => run.File("out");

    public void Dispose() => run.Dispose();

    [Fact]
    public void EveryStageIsMeasuredOnceWhateverItsName()
    {
        Go(ExistingRun.Refuse, 0);
        Assert.Equal([0, 1], Stages("radialDistribution"));
    }

    /// <summary>A kill between the end of a stage and the next checkpoint: the run goes through the end of the stage again.</summary>
    [Fact]
    public void AStageGoneThroughTwiceIsMeasuredOnce()
    {
        Go(ExistingRun.Refuse, 15);
        var checkpoint = File.ReadAllBytes(Path.Combine(Folder, "checkpoint"));
        Go(ExistingRun.Resume, 10);
        Assert.Equal([0], Stages("radialDistribution"));
        File.WriteAllBytes(Path.Combine(Folder, "checkpoint"), checkpoint);
        Go(ExistingRun.Resume, 0);
        Assert.Equal([0, 1], Stages("radialDistribution"));
    }

    [Fact]
    public void ResultsThatNameNoStageAreRefused()
    {
        Go(ExistingRun.Refuse, 15);
        var result = new AnalysisResult("radialDistribution", "a: Radial distribution", [], [], []);
        File.WriteAllText(Path.Combine(Folder, "analysis.json"), $"[{result.ToJson()}]");
        Assert.Contains("delete it to go on", Assert.Throws<InputException>(() => Go(ExistingRun.Resume, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointServesARunThatMeasuresSomethingElse()
    {
        Go(ExistingRun.Refuse, 15);
        var step = CheckpointFile.Read(Path.Combine(Folder, "checkpoint")).Step;
        string[] another = ["analysis.radialDistribution.bins=30", "title=\"again\""];
        Go(ExistingRun.Resume, 2, another);
        Go(ExistingRun.Resume, 0, another);
        Assert.Equal([0, 1], Stages("radialDistribution"));
        Assert.Contains($"measured from step {step} on", File.ReadAllText(Path.Combine(Folder, "analysis.json")), StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Go(ExistingRun.Resume, 0, "seed=7"));
    }

    [Fact]
    public void StepsOfAResumedStageAndRunAreCountedWhole()
    {
        Go(ExistingRun.Refuse, 15);
        var resumed = CheckpointFile.Read(Path.Combine(Folder, "checkpoint"));
        File.WriteAllText(RunFolder.At(Folder).CrashFrame, "of an attempt that failed");
        var (outcome, _) = Go(ExistingRun.Resume, 0);
        Assert.False(File.Exists(RunFolder.At(Folder).CrashFrame));
        Assert.Equal((resumed.Step, 40 - resumed.Step), (outcome.StepsBefore, outcome.Steps));
        var json = outcome.ToJson(108, earlierSeconds: 100);
        Assert.Equal(40, (long)json["steps"]!);
        Assert.Equal(40 - resumed.Step, (long)json["segmentSteps"]!);
        Assert.Equal(100 + outcome.Seconds, (double)json["seconds"]!);

        var setup = RunSetup.Read(run.InputFile, []);
        using var recorder = new RunRecorder(setup.Input, setup.Input.UnitSystem, RunFolder.At(Folder), setup.Start, resumed, _ => { });
        var stage = setup.Input.Stages[resumed.Stage];
        recorder.StageStarted(resumed.Stage, stage, resumed.Step);
        recorder.StageFinished(resumed.Stage, stage, End(step: 20));
        Assert.Equal(20, recorder.Stages[resumed.Stage].Steps);
    }

    /// <summary>23328 particles, 12 bytes each and frame: 250 frames are 70 MB.</summary>
    [Fact]
    public void MuchThatWasGatheredIsKeptWhereARunIsStoppedButNotOnTheWay()
    {
        File.WriteAllText(run.InputFile, $$"""
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.5, "cells": [18, 18, 18] } },
              "potential": null, "initialTemperature": 1, "timeStep": 0.005, "integrator": { "type": "velocityVerlet" }, "stages": [ { "name": "a", "steps": 270 } ],
              "output": { "thermo": { "every": 1000 }, "checkpoint": { "every": 250 } }, "analysis": { "meanSquareDisplacement": { "every": 1 } } }
            """);
        var killed = Path.Combine(Folder, "copy");
        Go(ExistingRun.Refuse, 260, () => File.Copy(Path.Combine(Folder, "checkpoint"), killed));
        var stopped = CheckpointFile.Read(Path.Combine(Folder, "checkpoint"));
        Assert.InRange(stopped.Recording.Length, 12 * 23328 * 250, 12 * 23328 * 270);
        Assert.InRange(CheckpointFile.Read(killed).Recording.Length, 0, 1000);
        Go(ExistingRun.Resume, 0);
        Assert.DoesNotContain("resumed", File.ReadAllText(Path.Combine(Folder, "analysis.json")), StringComparison.Ordinal);
        File.Delete(Path.Combine(Folder, "analysis.json"));
        File.Move(killed, Path.Combine(Folder, "checkpoint"), overwrite: true);
        Go(ExistingRun.Resume, 0);
        Assert.Contains("measured from step 250 on", File.ReadAllText(Path.Combine(Folder, "analysis.json")), StringComparison.Ordinal);
    }

    /// <summary>As if it had been that long from the start; stopped on the way of the part that is new, too.</summary>
    [SkippableTheory]
    [InlineData("stages[a].steps=60")]
    [InlineData("stages=[{ \"name\": \"a: b\", \"steps\": 20 }, { \"name\": \"a\", \"steps\": 20 }, { \"name\": \"c\", \"steps\": 30, \"temperature\": 1, \"integrator\": { \"type\": \"langevin\", \"friction\": 1 } }]")]
    public void ARunIsMadeLonger(string longer)
    {
        NeedsHdf5.Check();
        File.WriteAllText(run.InputFile, Input.Replace("\"output\": {", "\"output\": { \"trajectory\": { \"every\": 4 },", StringComparison.Ordinal));
        var whole = RunFolder.At(run.File("whole"));
        Assert.Equal(0, Cli(whole, "--set", longer).ExitCode);
        var grown = RunFolder.At(Folder);
        Assert.Equal(0, Cli(grown).ExitCode);
        var checkpoint = File.ReadAllBytes(grown.Checkpoint);
        var before = CliRun.Of("run", run.InputFile, "--out", Folder, "--set", "seed=9", "--resume");
        Assert.Equal(2, before.ExitCode);
        Assert.Contains("of another run: seed is 9 and was 1", before.ErrorLines[^1], StringComparison.Ordinal);
        // Killed when the checkpoint was of the longer run and nothing else was.
        using (var prepared = new PreparedSimulation(RunSetup.Read(run.InputFile, [longer]), 1))
        {
            prepared.Restore(grown);
            prepared.Start();
        }
        Assert.NotEqual(checkpoint, File.ReadAllBytes(grown.Checkpoint));
        Assert.True(File.Exists(grown.FinalFrame));
        Go(ExistingRun.Resume, 5, longer);
        Assert.False(File.Exists(grown.FinalFrame));
        // What was measured of a stage that is longer now is not shown as that of the longer one.
        Assert.Equal(longer.Contains("60", StringComparison.Ordinal) ? [0] : [0, 1], Stages("radialDistribution"));
        Assert.Equal(0, Cli(grown, "--set", longer, "--resume").ExitCode);
        Assert.Equal(TrajectoryId.Logical(whole.Trajectory), TrajectoryId.Logical(grown.Trajectory));
        Assert.Equal(File.ReadAllBytes(whole.Checkpoint), File.ReadAllBytes(grown.Checkpoint));
        Assert.Equal(File.ReadAllText(whole.Analysis), File.ReadAllText(grown.Analysis));
        Assert.Equal([0, 1], Stages("radialDistribution"));
        // Back to fewer steps is another run.
        Assert.Equal(2, Cli(grown, "--resume").ExitCode);

        CliRun Cli(RunFolder folder, params string[] more) => CliRun.Of(["run", run.InputFile, "--out", folder.Path, .. more]);
    }

    /// <summary>Of what may differ, the message speaks not.</summary>
    [SkippableTheory]
    [InlineData("output.thermo.every is 10 and was 5", "stages[a].steps=60", "output.thermo.every=10")]
    [InlineData("stages[1].steps is 10 and was 20", "stages[a].steps=10")]
    public void ALongerRunWithSomethingElseIsNamedByThat(string expected, params string[] overrides)
    {
        NeedsHdf5.Check();
        Assert.Equal(0, CliRun.Of("run", run.InputFile, "--out", Folder).ExitCode);
        var other = CliRun.Of(["run", run.InputFile, "--out", Folder, "--resume", .. overrides.SelectMany(o => new[] { "--set", o })]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains(expected, other.ErrorLines[^1], StringComparison.Ordinal);
    }

    /// <summary>It took another time step then than it would now.</summary>
    [SkippableFact]
    public void ALongerRunAfterAMinimisationNeedsItsTimeStep()
    {
        NeedsHdf5.Check();
        var input = $$"""
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [4, 4, 4] } },
              "potential": {{SmallRun.Example("lj-force-shifted")}}, "stages": [ { "name": "min", "minimise": { "maximumForce": 1e-3 } } ] }
            """;
        File.WriteAllText(run.InputFile, input);
        Assert.Equal(0, CliRun.Of("run", run.InputFile, "--out", Folder).ExitCode);
        string Dynamics(double timeStep) => input.Replace(
            "1e-3 } }", FormattableString.Invariant($"1e-3 }} }}, {{ \"name\": \"dyn\", \"steps\": 5, \"timeStep\": {timeStep} }}"), StringComparison.Ordinal);
        File.WriteAllText(run.InputFile, Dynamics(0.002));
        var other = CliRun.Of("run", run.InputFile, "--out", Folder, "--resume");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("whose minimisation took a time step of 0.005 ", other.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("has 0.002 ", other.ErrorLines[^1], StringComparison.Ordinal);
        File.WriteAllText(run.InputFile, Dynamics(0.005));
        var same = CliRun.Of("run", run.InputFile, "--out", Folder, "--resume");
        Assert.True(same.ExitCode == 0, same.Error);
    }

    /// <summary>A run that cannot be made longer stays what it was.</summary>
    [SkippableFact]
    public void ALongerRunWithoutItsTrajectoryIsRefusedBeforeAnythingIsChanged()
    {
        NeedsHdf5.Check();
        Assert.Equal(0, CliRun.Of("run", run.InputFile, "--out", Folder).ExitCode);
        var folder = RunFolder.At(Folder);
        var checkpoint = File.ReadAllBytes(folder.Checkpoint);
        H5mdWriter.OpenAppend(folder.Trajectory, CheckpointFile.Read(folder.Checkpoint).Step - 10).Dispose();
        var refused = CliRun.Of("run", run.InputFile, "--out", Folder, "--resume", "--set", "stages[a].steps=60");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("lacks what came before the checkpoint", refused.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(checkpoint, File.ReadAllBytes(folder.Checkpoint));
        Assert.True(File.Exists(folder.FinalFrame));
    }

    [SkippableFact]
    public void ATrajectoryThatLacksWhatTheCheckpointCountsOnIsRefused()
    {
        NeedsHdf5.Check();
        File.WriteAllText(run.InputFile, Input.Replace("\"output\": {", "\"output\": { \"trajectory\": { \"every\": 4 },", StringComparison.Ordinal));
        Go(ExistingRun.Refuse, 15);
        var step = CheckpointFile.Read(Path.Combine(Folder, "checkpoint")).Step;
        var path = RunFolder.At(Folder).Trajectory;
        H5mdWriter.OpenAppend(path, step - 5).Dispose();
        var error = Assert.Throws<InputException>(() => Go(ExistingRun.Resume, 0));
        Assert.Contains($"lacks what came before the checkpoint of step {step}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"expected step {step - step % 4}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs until <paramref name="stop"/> reports of progress, 0: to the end.</summary>
    private (RunOutcome Outcome, RunFolder Folder) Go(ExistingRun existing, int stop, params string[] overrides) => Go(existing, stop, () => { }, overrides);

    private (RunOutcome Outcome, RunFolder Folder) Go(ExistingRun existing, int stop, Action beforeStop, params string[] overrides)
    {
        using var cancellation = new CancellationTokenSource();
        using var prepared = new PreparedSimulation(RunSetup.Read(run.InputFile, overrides), 1);
        using var folder = RunFolder.Open(Folder, existing);
        if (folder.Resumes)
        {
            prepared.Restore(folder);
        }
        var left = stop;
        var outcome = prepared.Run(
            folder,
            _ =>
            {
                if (--left == 0)
                {
                    beforeStop();
                    cancellation.Cancel();
                }
            },
            cancellation.Token);
        Assert.Equal(stop == 0, outcome.Completed);
        return (outcome, folder);
    }

    private static ThermoSample End(long step) => new()
    {
        Step = step,
        Time = 0,
        Stage = 0,
        Temperature = 1,
        TargetTemperature = 1,
        PotentialEnergy = 0,
        KineticEnergy = 0,
        PressureTensor = default,
        Volume = 1,
        Density = 1,
        Box = Box.Cubic(1),
        ThermostatEnergy = 0,
    };

    private int[] Stages(string name) =>
    [
        .. JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "analysis.json")))!.AsArray()
            .Where(r => (string?)r!["name"] == name).Select(r => (int)r!["stage"]!),
    ];
}
