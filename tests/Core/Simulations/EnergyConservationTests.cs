using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Tests.Core.Potentials;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.Core.Simulations;

/// <summary>Energy of the whole simulation at constant energy.</summary>
public class EnergyConservationTests(ITestOutputHelper output)
{
    private const string Liquid =
        """ "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [4, 4, 4] } }, "potential": null, "initialTemperature": 1.44 """;

    [Fact]
    public void ForceShiftedLennardJonesDoesNotDrift()
    {
        // Drift accumulates from the roundings of every step and would be linear in time; the fluctuation of the total energy about
        // the line is bounded, so that over 60 time units its part of the slope is some 0.02 % of K / 60 / sqrt(samples).
        var log = Run(0.002, 20000, "double");
        var (slope, error, kinetic) = Line(log, skip: 50);
        output.WriteLine(FormattableString.Invariant($"LJ double: slope {slope / kinetic:G3} ± {error / kinetic:G2} of K per time unit"));
        Assert.True(Math.Abs(slope) < 1e-5 * kinetic, FormattableString.Invariant($"{slope / kinetic:G3}"));
    }

    [Fact]
    public void MixedPrecisionDriftsLittle()
    {
        var log = Run(0.002, 20000, "mixed");
        var (slope, error, kinetic) = Line(log, skip: 50);
        output.WriteLine(FormattableString.Invariant($"LJ mixed: slope {slope / kinetic:G3} ± {error / kinetic:G2} of K per time unit"));
        Assert.True(Math.Abs(slope) < 3e-5 * kinetic, FormattableString.Invariant($"{slope / kinetic:G3}"));
    }

    [Fact]
    public void FluctuationGrowsWithTheSquareOfTheTimeStep()
    {
        double Fluctuation(double timeStep, int steps)
        {
            var log = Run(timeStep, steps, "double");
            var energy = log.Samples.Select(s => s.TotalEnergy).Skip(log.Samples.Count / 10).ToArray();
            var mean = energy.Average();
            return Math.Sqrt(energy.Average(e => (e - mean) * (e - mean)));
        }
        var (small, large) = (Fluctuation(0.002, 10000), Fluctuation(0.004, 5000));
        output.WriteLine(FormattableString.Invariant($"rms {small:G4} {large:G4} ratio {large / small:G4}"));
        Assert.InRange(large / small, 3.6, 4.4);
    }

    [Theory]
    [InlineData("double")]
    [InlineData("mixed")]
    public void HafniaDoesNotDrift(string precision)
    {
        var start = Cells.Fluorite(5.3, 3);
        var log = ThermoLog.Run(
            $$"""
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.3, "cells": [3, 3, 3] } },
              "potential": null, "initialTemperature": 6000, "timeStep": 0.001, "precision": "{{precision}}", "seed": 4,
              "stages": [ { "name": "a", "steps": 2000 } ], "output": { "thermo": { "every": 10 } } }
            """,
            start, Cells.Example("hfo2-teter-fit", Cells.HafniumOxygen));
        var (slope, error, kinetic) = Line(log, skip: 20);
        var temperature = log.Samples.Skip(20).Average(s => s.Temperature);
        output.WriteLine(FormattableString.Invariant($"HfO2 {precision}: slope {slope / kinetic:G3} ± {error / kinetic:G2} of K per ps, {slope / 324:G3} eV/atom/ps, T {temperature:G4} K"));
        Assert.True(Math.Abs(slope) < 1e-5 * kinetic);
    }

    private static ThermoLog Run(double timeStep, int steps, string precision)
    {
        var units = UnitSystem.LennardJones;
        var json = FormattableString.Invariant(
            $$"""{ {{Liquid}}, "timeStep": {{timeStep}}, "precision": "{{precision}}", "stages": [ { "name": "a", "steps": {{steps}} } ], "output": { "thermo": { "every": 10 } } }""");
        return ThermoLog.Run(json, Start(json, units), Cells.Example("lj-force-shifted", Cells.OneKind, units));
    }

    internal static Configuration Start(string json, UnitSystem units) =>
        Engine.Core.Builders.CrystalBuilder.Build(
            Engine.Core.Input.RunInput.Read(json, "test.json").System.Crystal!, units, new Dictionary<string, double> { ["A"] = 1 });

    /// <summary>Least-squares slope of the total energy [energy/time], its standard error, and the mean kinetic energy.</summary>
    private static (double Slope, double Error, double Kinetic) Line(ThermoLog log, int skip)
    {
        var rows = log.Samples.Skip(skip).ToArray();
        var (t, e) = (rows.Average(s => s.Time), rows.Average(s => s.TotalEnergy));
        var spread = rows.Sum(s => (s.Time - t) * (s.Time - t));
        var slope = rows.Sum(s => (s.Time - t) * (s.TotalEnergy - e)) / spread;
        var rest = rows.Sum(s => Math.Pow(s.TotalEnergy - e - slope * (s.Time - t), 2)) / (rows.Length - 2);
        return (slope, Math.Sqrt(rest / spread), rows.Average(s => s.KineticEnergy));
    }
}
