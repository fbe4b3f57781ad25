using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Tests.Core.Dynamics;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.Core.Simulations;

/// <summary>The exact laws of thermostats, barostat and diffusion, and the conservation of energy, on devices.</summary>
[Collection("device")]
public class DeviceStatisticsTests(ITestOutputHelper output)
{
    public static TheoryData<string> Kinds => TestDevices.Kinds;

    /// <summary>
    /// Free particles under BAOAB: at any time step K ~ Gamma(3N/2, kT), and ⟨Δx²⟩ over n steps follows from ⟨v₀·vₖ⟩ = (kT/m) cᵏ, c = exp(−γdt), with
    /// Δx = ½dt Σ (vₖ + vₖ₊₁).
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void FreeParticlesUnderLangevinHaveTheirLaws(string kind)
    {
        const int cells = 6, count = 4 * cells * cells * cells, every = 40, samples = 150;
        const double kT = 1.3, dt = 0.1, friction = 1;
        var (positions, boxes) = (new List<double[]>(), new List<Box>());
        var log = ThermoLog.Run(
            FormattableString.Invariant($$"""
            { {{Gas(cells)}}, "initialTemperature": {{kT}}, "timeStep": {{dt}}, "integrator": { "type": "langevin", "friction": {{friction}} }, "seed": 3,
              "stages": [ { "name": "a", "steps": {{every * samples}}, "temperature": {{kT}} } ], "output": { "thermo": { "every": {{every}} } } }
            """),
            Start(cells), Free, every, frame => positions.Add(Unwrapped(frame)), TestDevices.Get(kind));
        // Samples are exp(−γ · 40 · 0.1) = 0.02 of each other.
        var energies = log.Samples.Skip(2).Select(s => s.KineticEnergy / kT).ToArray();
        Assert.InRange(Statistics.KolmogorovSmirnov(energies, k => Statistics.GammaCumulative(1.5 * count, k)), 1e-3, 1);

        var squares = 0.0;
        for (var k = 1; k < positions.Count; k++)
        {
            squares += positions[k].Zip(positions[k - 1], (a, b) => (a - b) * (a - b)).Sum();
        }
        var n = 3.0 * count * (positions.Count - 1);
        var (c, expected) = (Math.Exp(-friction * dt), 0.0);
        for (var i = 0; i <= every; i++)
        {
            for (var j = 0; j <= every; j++)
            {
                var (wi, wj) = (i is 0 or every ? 0.5 : 1, j is 0 or every ? 0.5 : 1);
                expected += wi * wj * dt * dt * kT * Math.Pow(c, Math.Abs(i - j));
            }
        }
        // Four standard errors of a mean of squares of normal numbers, of which neighbours in time share little.
        Assert.Equal(1, squares / n / expected, 4.5 * Math.Sqrt(2 / n));
    }

    /// <summary>Free overdamped particles: ⟨Δx²⟩ = 2 (kT/mγ) t exactly.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void FreeBrownianParticlesDiffuseExactly(string kind)
    {
        const int cells = 6, count = 4 * cells * cells * cells, every = 20, samples = 100;
        const double kT = 0.8, dt = 0.02, friction = 4;
        var positions = new List<double[]>();
        ThermoLog.Run(
            FormattableString.Invariant($$"""
            { {{Gas(cells)}}, "timeStep": {{dt}}, "integrator": { "type": "brownian", "friction": {{friction}} }, "seed": 3,
              "stages": [ { "name": "a", "steps": {{every * samples}}, "temperature": {{kT}} } ] }
            """),
            Start(cells), Free, every, frame => positions.Add(Unwrapped(frame)), TestDevices.Get(kind));
        var squares = 0.0;
        for (var k = 1; k < positions.Count; k++)
        {
            squares += positions[k].Zip(positions[k - 1], (a, b) => (a - b) * (a - b)).Sum();
        }
        var n = 3.0 * count * (positions.Count - 1);
        // Independent increments: four standard errors.
        Assert.Equal(1, squares / n / (2 * kT / friction * every * dt), 4 * Math.Sqrt(2 / n));
    }

    /// <summary>Velocity rescaling in a liquid: K ~ Gamma((3N − 3)/2, kT).</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void KineticEnergyUnderVelocityRescalingHasTheGammaLaw(string kind)
    {
        const double kT = 1.1;
        var json = FormattableString.Invariant($$"""
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.7, "cells": [4, 4, 4] } }, "potential": null,
              "initialTemperature": 2, "timeStep": 0.004, "seed": 8,
              "stages": [ { "name": "a", "steps": 6000, "temperature": {{kT}}, "thermostat": { "type": "bussi", "relaxationTime": 0.05 } } ],
              "output": { "thermo": { "every": 50 } } }
            """);
        var log = ThermoLog.Run(
            json, EnergyConservationTests.Start(json, UnitSystem.LennardJones), Cells.Example("lj", Cells.OneKind, UnitSystem.LennardJones),
            device: TestDevices.Get(kind));
        // 0.2 = 4 relaxation times between samples.
        var energies = log.Samples.Skip(20).Select(s => s.KineticEnergy / kT).ToArray();
        Assert.InRange(Statistics.KolmogorovSmirnov(energies, k => Statistics.GammaCumulative(1.5 * 256 - 1.5, k)), 1e-3, 1);
    }

    /// <summary>Ideal gas at constant pressure: V ~ Gamma(N + 1, kT/P₀).</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void VolumeOfTheIdealGasHasTheGammaLaw(string kind)
    {
        const double kT = 1, pressure = 2;
        const int count = 32;
        // Acts every fifth step (a twentieth of τ = 1 over the time step), with β P₀ 5 dt/τ = 0.05 of ln V: an Euler error of half of that in the variance.
        var log = ThermoLog.Run(
            FormattableString.Invariant($$"""
            { {{Gas(2)}}, "initialTemperature": {{kT}}, "timeStep": 0.01, "integrator": { "type": "langevin", "friction": 10 }, "seed": 5,
              "stages": [ { "name": "a", "steps": 36000, "temperature": {{kT}}, "pressure": {{pressure}},
                "barostat": { "type": "cellRescaling", "coupling": "isotropic", "relaxationTime": 1, "compressibility": 0.5 } } ], "output": { "thermo": { "every": 400 } } }
            """),
            Start(2), Free, device: TestDevices.Get(kind));
        var volumes = log.Samples.Skip(10).Select(s => s.Volume * pressure / kT).ToArray();
        output.WriteLine($"mean {volumes.Average()} of {count + 1}");
        Assert.InRange(Statistics.KolmogorovSmirnov(volumes, v => Statistics.GammaCumulative(count + 1, v)), 1e-3, 1);
    }

    /// <summary>
    /// Constant energy over 20 units of time. Forces of floats round to 6e-8 of the largest pair term, velocities to 6e-8 of themselves at each kick: energies walk at random by about
    /// 1e-7 √steps of K, 1e-5 in 10000 steps, or 5e-7 per unit of time. The bound leaves a factor of twenty, as for floats on the processor.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void EnergyIsConserved(string kind)
    {
        const string json = """
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8442, "cells": [4, 4, 4] } }, "potential": null,
              "initialTemperature": 1.44, "timeStep": 0.002, "stages": [ { "name": "a", "steps": 10000 } ], "output": { "thermo": { "every": 20 } } }
            """;
        var log = ThermoLog.Run(
            json, EnergyConservationTests.Start(json, UnitSystem.LennardJones), Cells.Example("lj-force-shifted", Cells.OneKind, UnitSystem.LennardJones),
            device: TestDevices.Get(kind));
        var line = EnergyConservationTests.Line(log);
        output.WriteLine($"{line}");
        Assert.InRange(line.Slope, -1e-5, 1e-5);
    }

    private static PotentialModel Free => PotentialModel.IdealGas(Cells.OneKind, UnitSystem.LennardJones);

    private static string Gas(int cells) => FormattableString.Invariant(
        $$""" "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 1, "cells": [{{cells}}, {{cells}}, {{cells}}] } }, "potential": null """);

    private static Configuration Start(int cells) =>
        EnergyConservationTests.Start($$"""{ {{Gas(cells)}}, "timeStep": 1, "stages": [ { "steps": 1 } ] }""", UnitSystem.LennardJones);

    private static double[] Unwrapped(Configuration frame)
    {
        var result = new double[3 * frame.Count];
        for (var i = 0; i < frame.Count; i++)
        {
            var r = frame.Position(i) + frame.Box.Shift(frame.Images![3 * i], frame.Images[3 * i + 1], frame.Images[3 * i + 2]);
            (result[3 * i], result[3 * i + 1], result[3 * i + 2]) = (r.X, r.Y, r.Z);
        }
        return result;
    }
}
