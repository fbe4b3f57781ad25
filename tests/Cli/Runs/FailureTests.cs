using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.IO.Structures;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>Runs that go wrong end with the right exit code, one line, and what helps to find out why.</summary>
[Collection("libhdf5")]
public class FailureTests
{
    private const string Crystal = """ "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [3, 3, 3] } } """;

    private const string Output = """ "output": { "thermo": { "every": 5 }, "trajectory": { "every": 1 }, "checkpoint": { "every": 10 } } """;

    [SkippableFact]
    public void ATimeStepTooLargeEndsTheRunWithACrashFrameAndAReadableTrajectory()
    {
        var (code, line, folder) = Run($$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 3, "timeStep": 0.005,
              "stages": [ { "name": "calm", "steps": 20 }, { "name": "wild", "steps": 1000, "timeStep": 0.2 } ], {{Output}} }
            """);
        Assert.Equal(4, code);
        Assert.Contains("time step", line, StringComparison.Ordinal);
        Assert.Matches("particle [0-9]+ \\(A\\)|particles A [0-9]+ and A [0-9]+", line);
        var crash = StructureFile.Read(folder.CrashFrame, new(), 0);
        Assert.Equal((108, null), (crash.Count, crash.Energy));
        Assert.EndsWith($"; the last configuration is in {folder.CrashFrame}", line.Trim());
        Assert.Equal(0, CliRun.Of("verify", folder.Trajectory).ExitCode);
        using var reader = H5mdReader.Open(folder.Trajectory);
        Assert.True(reader.FrameCount > 20);
        Assert.Equal("failed", (string?)RunManifest.Read(folder.Manifest)!["state"]);
        // The last good state is kept; resuming meets the same end.
        using var again = new PreparedSimulation(RunSetup.Read(Path.Combine(Path.GetDirectoryName(folder.Path)!, "in.json"), []), 1);
        again.Restore(RunFolder.At(folder.Path));
    }

    [SkippableFact]
    public void OverlappingParticlesAreNamed()
    {
        var (code, line, folder) = Run($$"""
            { "units": "metal", "system": { "file": "pair.extxyz" }, "potential": {{SmallRun.Example("hfo2-teter-fit")}},
              "timeStep": "1 fs", "initialTemperature": 300, "stages": [ { "name": "a", "steps": 10 } ], {{Output}} }
            """,
            ("pair.extxyz", "3\nLattice=\"20 0 0 0 20 0 0 0 20\" Properties=species:S:1:pos:R:3\nHf 1 1 1\nO 3 3 3\nO 3 3 3.2\n"));
        Assert.Equal(2, code);
        Assert.Matches("particles O (1 and O 2|2 and O 1) are 0.2 Angstrom apart; expected at least the minimumDistance 0.5 Angstrom", line);
        Assert.False(Directory.Exists(folder.Path));
    }

    /// <summary>At distance zero the force is not a number, and no run goes on with that.</summary>
    [SkippableTheory]
    [InlineData("double", "")]
    [InlineData("mixed", "")]
    [InlineData("mixed", "{ \"minimise\": { \"maximumForce\": 1 } },")]
    public void CoincidingParticlesNeverGoOn(string precision, string first)
    {
        var (code, line, folder) = Run($$"""
            { "units": "lj", "system": { "file": "pair.extxyz" }, "potential": {{SmallRun.Example("lj")}}, "precision": "{{precision}}",
              "timeStep": 0.001, "initialTemperature": 1, "stages": [ {{first}} { "name": "a", "steps": 10 } ], {{Output}} }
            """,
            ("pair.extxyz", "3\nLattice=\"20 0 0 0 20 0 0 0 20\" Properties=species:S:1:pos:R:3\nA 1 1 1\nA 3 3 3\nA 3 3 3\n"));
        Assert.Equal(2, code);
        Assert.Matches("force on particle [12] .*nearest neighbour A [12] is 0 away.*move or remove one", line);
        Assert.False(Directory.Exists(folder.Path));
    }

    [SkippableFact]
    public void ABarostatThatWouldCrushTheCellEndsTheRun()
    {
        var (code, line, folder) = Run($$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1, "timeStep": 0.004,
              "stages": [ { "name": "a", "steps": 2000, "temperature": 1, "pressure": 100000, "thermostat": { "type": "bussi", "relaxationTime": 0.1 },
                "barostat": { "type": "cellRescaling", "relaxationTime": 0.2, "compressibility": 0.1 } } ], {{Output}} }
            """);
        Assert.Equal(4, code);
        Assert.Contains("barostat", line, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.CrashFrame));
    }

    /// <summary>Slowly, so that the cell itself reaches the limit.</summary>
    [SkippableFact]
    public void ACollapsingCellEndsTheRun()
    {
        var (code, line, _) = Run($$"""
            { "units": "lj", "system": { "random": { "counts": { "A": 20 }, "density": 0.05 } },
              "potential": { "name": "weak", "units": "lj", "species": { "A": { "mass": 1 } }, "terms": [
                { "type": "lennardJones", "cutoff": 2.5, "shift": "force", "pairs": { "A-A": { "epsilon": 1e-6, "sigma": 0.1 } } } ] },
              "initialTemperature": 1, "timeStep": 0.004,
              "stages": [ { "name": "a", "steps": 20000, "temperature": 1, "pressure": 50, "thermostat": { "type": "bussi", "relaxationTime": 0.1 },
                "barostat": { "type": "cellRescaling", "relaxationTime": 1, "compressibility": 0.05 } } ], {{Output}} }
            """);
        Assert.Equal(4, code);
        Assert.Contains("made the cell", line, StringComparison.Ordinal);
    }

    /// <summary>Long shear: the cell's vectors are chosen anew on the way, and nothing may take that for an explosion.</summary>
    [SkippableFact]
    public void ACellThatTiltsPastItsHalfIsNoExplosion()
    {
        var (code, line, _) = Run($$"""
            { "units": "lj", "system": { "file": "tilted.extxyz" }, "potential": {{SmallRun.Example("lj-force-shifted")}},
              "initialTemperature": 2, "timeStep": 0.004,
              "stages": [ { "name": "a", "steps": 500, "temperature": 2, "pressure": 2, "thermostat": { "type": "bussi", "relaxationTime": 0.1 },
                "barostat": { "type": "cellRescaling", "coupling": "anisotropic", "relaxationTime": 0.2, "compressibility": 0.3 } } ], {{Output}} }
            """,
            ("tilted.extxyz", Tilted()));
        Assert.True(code == 0, line);
    }

    [SkippableFact]
    public void AMeltIsTold()
    {
        string Melt(string potential, int temperature, double lattice, int steps, string melted) => $$"""
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": {{lattice}}, "cells": [2, 2, 2] } },
              "potential": {{SmallRun.Example(potential)}}, "initialTemperature": {{temperature}}, "timeStep": 0.001, "seed": 2,
              "stages": [ { "name": "melt", "steps": {{steps}}, "temperature": {{temperature}}, "thermostat": { "type": "bussi", "relaxationTime": 0.1 },
                "verifyMelt": { "species": "Hf", "minimumMeanSquareDisplacement": {{melted}} } } ], {{Output}} }
            """;
        Skip.IfNot(File.Exists(SmallRun.Example("hfo2-formal").Trim('"')), "needs the examples");
        // Expanded by 4 % and at 9000 K there is no crystal to hold the ions: a liquid at once.
        var (code, line, _) = Run(Melt("hfo2-teter-fit", 9000, 5.5, 700, "1"));
        Assert.True(code == 0, line);
        (code, line, _) = Run(Melt("hfo2-formal", 6000, 5.2, 150, "1"));
        Assert.Equal(4, code);
        Assert.Contains("did not melt", line, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AFolderWithARunIsRefusedAndADamagedOrForeignCheckpointIsOneLine()
    {
        NeedsHdf5.Check();
        using var run = new SmallRun($$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1, "timeStep": 0.005,
              "stages": [ { "name": "a", "steps": 20 } ], {{Output}} }
            """);
        var folder = RunFolder.At(run.File("out"));
        var first = CliRun.Of("run", run.InputFile, "--out", run.File("out"), "--threads", "2", "--json");
        Assert.Equal(0, first.ExitCode);
        var manifest = File.ReadAllText(folder.Manifest);

        var (code, line) = Execute(run);
        Assert.Equal(2, code);
        Assert.Contains("--resume", line, StringComparison.Ordinal);

        (code, line) = Execute(run, "--resume", "--set", "timeStep=0.004");
        Assert.Equal(2, code);
        Assert.Contains("expected the same input", line, StringComparison.Ordinal);

        (code, line) = Execute(run, "--resume");
        Assert.Equal(0, code);
        Assert.Contains("is done, there is nothing to resume", line, StringComparison.Ordinal);
        // A machine is told again what came out.
        Assert.Contains("trajectory.h5", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, CliRun.Of("run", run.InputFile, "--out", run.File("out"), "--threads", "2", "--resume", "--json").Output);

        var bytes = File.ReadAllBytes(folder.Checkpoint);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(folder.Checkpoint, bytes);
        (code, line) = Execute(run, "--resume");
        Assert.Equal(2, code);
        Assert.Contains("is damaged", line, StringComparison.Ordinal);
        // None of this has touched what is known of the run.
        Assert.Equal(manifest, File.ReadAllText(folder.Manifest));
    }

    private static (int Code, string Line, RunFolder Folder) Run(string json, params (string Name, string Text)[] files)
    {
        NeedsHdf5.Check();
        var run = new SmallRun(json);
        foreach (var (name, text) in files)
        {
            File.WriteAllText(run.File(name), text);
        }
        var (code, line) = Execute(run);
        return (code, line, RunFolder.At(run.File("out")));
    }

    private static (int Code, string Line) Execute(SmallRun run, params string[] options)
    {
        var done = CliRun.Of(["run", run.InputFile, "--out", run.File("out"), "--threads", "2", .. options]);
        Assert.DoesNotContain("internal error", done.Error, StringComparison.Ordinal);
        return (done.ExitCode, done.ErrorLines.LastOrDefault() ?? "");
    }

    private static string Tilted()
    {
        const int cells = 5;
        const double a = 1.12;
        var text = new System.Text.StringBuilder();
        text.Append(FormattableString.Invariant($"{cells * cells * cells}\nLattice=\"{cells * a} 0 0 {0.499 * cells * a} {cells * a} 0 {-0.499 * cells * a} {0.499 * cells * a} {cells * a}\" Properties=species:S:1:pos:R:3\n"));
        for (var i = 0; i < cells * cells * cells; i++)
        {
            var (x, y, z) = (i % cells, i / cells % cells, i / (cells * cells));
            text.Append(FormattableString.Invariant($"A {a * (x + 0.499 * y - 0.499 * z)} {a * (y + 0.499 * z)} {a * z}\n"));
        }
        return text.ToString();
    }
}
