using Engine.Cli.Runs;
using Engine.IO.Structures;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>What a run says of its stages beside their means, and the structure that it ends with.</summary>
[Collection("libhdf5")]
public sealed class StageResultTests
{
    private const string Crystal = """ "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [4, 4, 4] } } """;

    [SkippableFact]
    public void AMinimisationSaysHowItEndedAndLeavesItsStructure()
    {
        NeedsHdf5.Check();
        using var run = new SmallRun($$"""
            { {{Crystal}}, "potential": {{SmallRun.Example("lj-force-shifted")}}, "precision": "double", "initialTemperature": 3, "timeStep": 0.005,
              "stages": [ { "name": "hot", "steps": 50 }, { "name": "short", "minimise": { "maximumForce": 1e-5, "maximumSteps": 3 } },
                          { "name": "long", "minimise": { "maximumForce": 1e-5 } } ], "output": { "thermo": { "every": 5 } } }
            """);
        var done = CliRun.Of("run", run.InputFile, "--out", run.File("out"));
        Assert.Equal(0, done.ExitCode);
        var warning = Assert.Single(done.ErrorLines, line => line.Contains("warning", StringComparison.Ordinal));
        Assert.Contains("short: stopped after 3 steps with a largest force of", warning, StringComparison.Ordinal);
        var results = RunManifest.Read(RunFolder.At(run.File("out")).Manifest)!["results"]!;
        Assert.Single(results["warnings"]!.AsArray());
        var stages = results["stages"]!.AsArray();
        Assert.Equal(["hot", "short", "long"], stages.Select(s => (string?)s!["name"]));
        Assert.Equal([false, true], stages.Skip(1).Select(s => (bool)s!["converged"]!));
        var force = (double)stages[2]!["largest force [epsilon/sigma]"]!;
        Assert.InRange(force, 1e-12, 1e-5);
        var final = StructureFile.Read(run.File("out/final.extxyz"));
        var squares = Enumerable.Range(0, final.Count).Select(i => final.Forces!.Skip(3 * i).Take(3).Sum(f => f * f));
        Assert.Equal(force, Math.Sqrt(squares.Max()), 1e-9 * force);
    }

    /// <summary>Far too long a time step, without and with a bath.</summary>
    [SkippableFact]
    public void EnergyThatDriftsIsWarnedOfWhereNothingTakesIt()
    {
        NeedsHdf5.Check();
        using var run = new SmallRun($$"""
            { {{Crystal}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 3, "timeStep": 0.016,
              "stages": [ { "name": "alone", "steps": 2000 } ], "output": { "thermo": { "every": 20 } } }
            """);
        var alone = CliRun.Of("run", run.InputFile, "--out", run.File("alone"));
        Assert.Contains(alone.ErrorLines, line => line.Contains("alone: the total energy drifted by", StringComparison.Ordinal));
        var bath = CliRun.Of("run", run.InputFile, "--out", run.File("bath"), "--set", "integrator={\"type\":\"langevin\",\"friction\":5}", "--set", "stages[alone].temperature=3");
        Assert.Equal(0, bath.ExitCode);
        Assert.DoesNotContain("drifted", bath.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AStageThatIsNotInEquilibriumIsWarnedOf()
    {
        NeedsHdf5.Check();
        // Heated by a bath that takes longer than the stage; of so many particles that noise hides no eighth of it.
        using var run = new SmallRun($$"""
            { {{Crystal.Replace("[4, 4, 4]", "[8, 8, 8]", StringComparison.Ordinal)}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 0.1, "timeStep": 0.005, "integrator": { "type": "langevin", "friction": 0.1 },
              "stages": [ { "name": "slow", "steps": 800, "temperature": 2 }, { "name": "ramp", "steps": 400, "temperature": { "from": 1, "to": 2 } } ], "output": { "thermo": { "every": 10 } } }
            """);
        var done = CliRun.Of("run", run.InputFile, "--out", run.File("out"));
        Assert.Equal(0, done.ExitCode);
        var warning = Assert.Single(done.ErrorLines, line => line.Contains("not in equilibrium", StringComparison.Ordinal));
        Assert.Matches("slow: not in equilibrium, .*temperature from 0", warning);
    }
}
