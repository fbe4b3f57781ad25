using Engine.Cli.Runs;
using Engine.Core.Gap;
using Engine.IO.H5md;
using Engine.Tests.Core.Gap;
using Engine.Tests.IO.H5md;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Cli.Runs;

/// <summary>The same input gives the same bits: for any number of threads, and stopped and resumed as often as one likes.</summary>
[Collection("libhdf5")]
public class RepeatabilityTests
{
    private const string Output =
        """ "output": { "thermo": { "every": 7 }, "trajectory": { "every": 11, "velocities": true, "forces": true, "precision": "double" }, "checkpoint": { "every": 37 } } """;

    private const string Charged = """
        { "name": "charged", "units": "lj", "species": { "A": { "mass": 1, "charge": 1 }, "B": { "mass": 2, "charge": -1 } },
          "terms": [
            { "type": "lennardJones", "cutoff": 2.2, "shift": "force", "pairs": {
              "A-A": { "epsilon": 1, "sigma": 1 }, "A-B": { "epsilon": 0.7, "sigma": 0.9 }, "B-B": { "epsilon": 0.5, "sigma": 0.8 } } },
            { "type": "coulombDsf", "alpha": 1.0, "cutoff": 2.6 } ] }
        """;

    private const string Crystal = """ "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8, "cells": [4, 4, 4] } } """;

    private const string Hafnia =
        """ "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 2] } } """;

    private const string Bussi = """ "thermostat": { "type": "bussi", "relaxationTime": 0.1 } """;

    private static readonly Dictionary<string, string> Runs = new()
    {
        ["constant energy, mixed"] = $$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 1.5, "timeStep": 0.005, "seed": 3,
              "stages": [ { "name": "a", "steps": 150 }, { "name": "b", "steps": 100, "timeStep": 0.004 } ], {{Output}} }
            """,
        ["constant energy, double"] = $$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("lj-force-shifted")}}, "initialTemperature": 1.5, "timeStep": 0.005,
              "precision": "double", "stages": [ { "name": "a", "steps": 200 } ], {{Output}} }
            """,
        ["Langevin, minimised first"] = $$"""
            { "units": "lj", "system": { "random": { "counts": { "A": 150, "B": 150 }, "density": 0.5, "minimumDistance": 0.6 } },
              "potential": {{Charged}}, "timeStep": 0.003, "integrator": { "type": "langevin", "friction": 1.0 },
              "stages": [ { "minimise": { "maximumForce": 50, "maximumSteps": 60 } },
                          { "name": "hot", "steps": 120, "temperature": { "from": 1, "to": 2 } },
                          { "minimise": { "maximumForce": 5, "maximumSteps": 40 } },
                          { "name": "cold", "steps": 80, "integrator": { "type": "velocityVerlet" } } ], {{Output}} }
            """,
        ["Langevin and barostat, each axis"] = $$"""
            { "units": "lj", "system": { "random": { "counts": { "A": 100, "B": 100 }, "density": 0.5, "minimumDistance": 0.6 } },
              "potential": {{Charged}}, "precision": "double", "timeStep": 0.003, "integrator": { "type": "langevin", "friction": 1.0 },
              "stages": [ { "minimise": { "maximumForce": 20, "maximumSteps": 60, "relaxBox": true, "pressure": 1 } },
                          { "name": "hot", "steps": 150, "temperature": 1, "pressure": { "from": 1, "to": 2 },
                            "barostat": { "type": "cellRescaling", "coupling": "orthorhombic", "relaxationTime": 0.5, "compressibility": 0.05 } } ], {{Output}} }
            """,
        ["HfO2 melt, constant pressure"] = $$"""
            { {{Hafnia}}, "potential": {{SmallRun.Example("hfo2-teter-fit")}}, "initialTemperature": 6000, "timeStep": 0.001,
              "stages": [ { "minimise": { "maximumForce": 0.05, "maximumSteps": 30 } },
                          { "name": "melt", "steps": 120, "temperature": { "from": 6000, "to": 7000 }, "pressure": 0, {{Bussi}},
                            "verifyMelt": { "species": "Hf", "minimumMeanSquareDisplacement": 0.01 },
                            "barostat": { "type": "cellRescaling", "coupling": "isotropic", "relaxationTime": 0.2, "compressibility": 5e-7 } },
                          { "name": "quench", "steps": 60, "temperature": 3000, {{Bussi}} } ], {{Output}},
              "analysis": { "stages": ["melt", "quench"], "radialDistribution": { "every": 5, "maximum": 5, "bins": 50 }, "angles": { "every": 10 },
                "structureFactor": { "every": 10, "maximum": 4, "method": "both" }, "meanSquareDisplacement": { "every": 3 }, "velocityAutocorrelation": { "every": 4 } } }
            """,
        ["Ewald, constant pressure"] = $$"""
            { {{Hafnia}}, "potential": {{SmallRun.Example("hfo2-formal")}}, "initialTemperature": 3000, "timeStep": 0.001, "precision": "double",
              "stages": [ { "name": "heat", "steps": 60, "temperature": 3000, "pressure": 0, {{Bussi}},
                            "barostat": { "type": "cellRescaling", "coupling": "anisotropic", "relaxationTime": 0.2, "compressibility": 5e-7 } } ], {{Output}} }
            """,
        ["triclinic barostat"] = $$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 2, "timeStep": 0.004,
              "stages": [ { "name": "a", "steps": 250, "temperature": 1.2, "pressure": 1, {{Bussi}},
                            "barostat": { "type": "cellRescaling", "coupling": "anisotropic", "relaxationTime": 0.2, "compressibility": 0.1 } } ], {{Output}} }
            """,
        ["growing cell, pairs up to half of its first width"] = $$"""
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8, "cells": [5, 5, 5] } },
              "potential": {{SmallRun.Example("lj")}}, "initialTemperature": 2, "timeStep": 0.004,
              "stages": [ { "name": "a", "steps": 120, "temperature": 2, "pressure": 0.1, {{Bussi}},
                            "barostat": { "type": "cellRescaling", "coupling": "isotropic", "relaxationTime": 0.2, "compressibility": 0.1 } } ], {{Output}},
              "analysis": { "radialDistribution": { "every": 5, "bins": 50 }, "angles": { "every": 10, "cutoffs": { "A-A": 1.6 } } } }
            """,
        ["Brownian"] = $$"""
            { "units": "lj", {{Crystal}}, "potential": {{SmallRun.Example("wca")}}, "timeStep": 0.0005, "integrator": { "type": "brownian", "friction": 5 },
              "stages": [ { "name": "a", "steps": 200, "temperature": 1 } ], {{Output}} }
            """,
        ["GAP, constant pressure"] = $$"""
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 3] } },
              "potential": "hafnia.xml", "initialTemperature": 3000, "timeStep": 0.001,
              "stages": [ { "name": "a", "steps": 40, "temperature": 3000, "pressure": 0, {{Bussi}},
                            "barostat": { "type": "cellRescaling", "coupling": "isotropic", "relaxationTime": 0.2, "compressibility": 5e-7 } } ], {{Output}} }
            """,
        ["ideal gas"] = $$"""
            { "units": "lj", {{Crystal}}, "potential": null, "timeStep": 0.01, "integrator": { "type": "langevin", "friction": 1 },
              "stages": [ { "name": "a", "steps": 200, "temperature": 1 } ], {{Output}} }
            """,
    };

    public static TheoryData<string> Names() => [.. Runs.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void ThreadsAndInterruptionsChangeNoBit(string name)
    {
        NeedsHdf5.Check();
        using var run = Start(Runs[name]);
        var expected = run.Complete(threads: 1);
        AssertSame(expected, run.Complete(threads: 2));
        AssertSame(expected, run.Complete(threads: 3));
        var random = new Random(name.Length);
        var stopped = run.Complete(stops: () => random.Next(1, 110));
        Assert.InRange(stopped.Stops, 1, 100);
        AssertSame(expected, stopped);
    }

    public static TheoryData<string, string> DeviceRuns()
    {
        var data = new TheoryData<string, string>();
        foreach (var kind in new[] { "opencl", "cuda" })
        {
            foreach (var name in new[] { "constant energy, mixed", "Langevin, minimised first", "HfO2 melt, constant pressure", "triclinic barostat", "growing cell, pairs up to half of its first width", "Brownian", "ideal gas", "GAP, constant pressure" })
            {
                data.Add(kind, name);
            }
        }
        return data;
    }

    /// <summary>The same on a device, in cells wide enough for it.</summary>
    [SkippableTheory]
    [MemberData(nameof(DeviceRuns))]
    public void InterruptionsChangeNoBitOnADevice(string kind, string name)
    {
        NeedsHdf5.Check();
        TestDevices.Require(kind);
        using var run = Start(Runs[name].Replace("[2, 2, 2]", "[4, 4, 4]", StringComparison.Ordinal));
        var expected = run.Complete(device: kind);
        AssertSame(expected, run.Complete(device: kind));
        var random = new Random(name.Length);
        var stopped = run.Complete(stops: () => random.Next(1, 12), device: kind);
        Assert.InRange(stopped.Stops, 1, 100);
        AssertSame(expected, stopped);
    }

    /// <summary>At the very first reports: in the first minimisation, and between drawing velocities and the first step.</summary>
    [SkippableTheory]
    [InlineData("Langevin and barostat, each axis")]
    [InlineData("Brownian")]
    public void ARunStoppedBeforeItsFirstStepLosesNothing(string name)
    {
        NeedsHdf5.Check();
        using var run = Start(Runs[name]);
        var expected = run.Complete();
        var parts = 0;
        AssertSame(expected, run.Complete(stops: () => ++parts < 4 ? 1 : 1000));
    }

    /// <summary>Energies are computed when a row or frame is due only; that must not change what the forces are.</summary>
    [SkippableTheory]
    [InlineData("constant energy, mixed")]
    [InlineData("triclinic barostat")]
    public void WhatIsWrittenDownDoesNotChangeTheTrajectory(string name)
    {
        NeedsHdf5.Check();
        using var run = Start(Runs[name]);
        var often = H5mdReader.Open(RunFolder.At(run.Complete(1, null, null, "output.thermo.every=1", "output.trajectory.every=1").Folder).Trajectory);
        var rarely = H5mdReader.Open(RunFolder.At(run.Complete(1, null, null, "output.thermo.every=1000", "output.trajectory.every=50").Folder).Trajectory);
        using (often)
        using (rarely)
        {
            for (var i = 0; i < rarely.FrameCount; i++)
            {
                var frame = rarely.ReadFrame(i);
                var same = often.ReadFrame(50 * i);
                Assert.Equal(frame.Step, same.Step);
                Assert.Equal(frame.Positions, same.Positions);
                Assert.Equal(frame.Velocities!, same.Velocities!);
                Assert.Equal(frame.Forces!, same.Forces!);
                Assert.Equal(frame.Box, same.Box);
            }
        }
    }

    private static SmallRun Start(string json)
    {
        var run = new SmallRun(json);
        GapFileWriter.Write(run.File("hafnia.xml"), GapModels.Hafnia(0.03));
        return run;
    }

    private static void AssertSame(RunTrace expected, RunTrace actual)
    {
        Assert.Equal(expected.TrajectoryId, actual.TrajectoryId);
        Assert.Equal(expected.Analysis, actual.Analysis);
        Assert.True(expected.Checkpoint.AsSpan().SequenceEqual(actual.Checkpoint), "the states after the last step differ");
    }
}
