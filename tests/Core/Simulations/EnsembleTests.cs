using System.Diagnostics;
using System.Globalization;
using Engine.Core.Analysis;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Tests.Core.Potentials;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.Core.Simulations;

/// <summary>Whole simulations sample the ensemble they claim.</summary>
public class EnsembleTests(ITestOutputHelper output)
{
    /// <summary>
    /// k_B T = ⟨|∇U|²⟩/⟨∇²U⟩ (H. H. Rugh, Phys. Rev. Lett. 78, 772 (1997); B. D. Butler et al., J. Chem. Phys. 109, 6519 (1998)) knows
    /// positions and forces only, so it shows whether they belong to the temperature of the velocities.
    /// </summary>
    [Fact]
    public void ConfigurationalTemperatureEqualsThatOfTheBath()
    {
        const double temperature = 1.5;
        var (forces, laplacians) = (new List<double>(), new List<double>());
        var model = Cells.Example("lj-force-shifted", Cells.OneKind, UnitSystem.LennardJones);
        Run(500, temperature, 0.004, 4000, "mixed", model, 15, frame =>
        {
            if (frame.Step >= 1000)
            {
                forces.Add(frame.Forces!.Sum(x => x * x));
                laplacians.Add(Laplacian(frame, model));
            }
        });
        // The mean of |∇U|² − kT ∇²U vanishes; its spread, unlike that of the quotient, says how well the quotient is known.
        var mean = laplacians.Average();
        var excess = BlockingEstimate.Of([.. forces.Zip(laplacians, (f, l) => (f - temperature * l) / mean)]);
        output.WriteLine($"configurational temperature − {temperature}: {excess}");
        // Four standard errors of at most 1 %; the jump of the second derivative at the cutoff is worth less than 0.1 %.
        Assert.InRange(excess.Error, 0, 0.01 * temperature);
        Assert.InRange(excess.Mean, -4 * excess.Error, 4 * excess.Error);
    }

    /// <summary>
    /// M. R. Shirts, J. Chem. Theory Comput. 9, 909 (2013): with the histograms P₁ and P₂ of the potential energy at two temperatures,
    /// ln P₂/P₁ is a line of slope β₁ − β₂; found here by maximum likelihood, which needs no bins.
    /// </summary>
    [Theory]
    [InlineData("bussi")]
    [InlineData("langevin")]
    public void TwoTemperaturesDifferByTheBoltzmannFactor(string bath)
    {
        double[] Energies(double temperature)
        {
            var model = Cells.Example("lj-force-shifted", Cells.OneKind, UnitSystem.LennardJones);
            var log = Run(108, temperature, 0.004, 30000, "mixed", model, 0, null, bath, thermo: 25);
            return [.. log.Samples.Skip(80).Select(s => s.PotentialEnergy)];
        }
        const double cold = 1.40, hot = 1.50;
        var (first, second) = (Energies(cold), Energies(hot));
        var slope = LikelihoodSlope(first, second);
        var expected = 1 / cold - 1 / hot;
        // Block the data, so that their correlation in time is in the error.
        const int blocks = 8;
        var slopes = Enumerable.Range(0, blocks).Select(b => LikelihoodSlope(Block(first, b), Block(second, b))).ToArray();
        var error = Math.Sqrt(slopes.Sum(s => (s - slopes.Average()) * (s - slopes.Average())) / (blocks * (blocks - 1)));
        output.WriteLine(FormattableString.Invariant($"{bath}: slope {slope:G4} ± {error:G2}, expected {expected:G4}"));
        // Four standard errors; a thermostat that scales velocities to the exact temperature is a factor off.
        Assert.InRange(slope, expected - 4 * error, expected + 4 * error);
        Assert.True(error < 0.25 * expected, FormattableString.Invariant($"{error:G3} says nothing about {expected:G3}"));

        double[] Block(double[] values, int b) => values[(b * values.Length / blocks)..((b + 1) * values.Length / blocks)];
    }

    /// <summary>
    /// ρ* = 0.8442, T* = 0.722, cut at 2.5 without shift: the same state, length and size in LAMMPS. Seed and integrator differ, so the averages
    /// agree within their statistical errors.
    /// </summary>
    [SkippableFact]
    public void EnergyAndPressureOfTheLiquidNearTheTriplePointAreThoseOfLammps()
    {
        var model = Cells.Example("lj", Cells.OneKind, UnitSystem.LennardJones);
        var log = Run(256, 0.722, 0.005, 12000, "mixed", model, 0, null, "bussi", thermo: 10, density: 0.8442);
        var rows = log.Samples.Skip(300).ToArray();
        var energy = BlockingEstimate.Of([.. rows.Select(s => s.PotentialEnergy / 256)]);
        var pressure = BlockingEstimate.Of([.. rows.Select(s => s.Pressure)]);
        output.WriteLine($"U {energy}, P {pressure}");
        var (lammpsEnergy, lammpsPressure) = Lammps();
        output.WriteLine($"LAMMPS U {lammpsEnergy}, P {lammpsPressure}");
        AssertSame(energy, lammpsEnergy);
        AssertSame(pressure, lammpsPressure);

        static void AssertSame(BlockingEstimate a, BlockingEstimate b)
        {
            // Four standard errors of the difference.
            var error = Math.Sqrt(a.Error * a.Error + b.Error * b.Error);
            Assert.True(Math.Abs(a.Mean - b.Mean) < 4 * error, $"{a} and {b}");
        }
    }

    private static (BlockingEstimate Energy, BlockingEstimate Pressure) Lammps()
    {
        const string input = """
            units lj
            lattice fcc 0.8442
            region box block 0 4 0 4 0 4
            create_box 1 box
            create_atoms 1 box
            mass 1 1.0
            velocity all create 1.444 12345
            pair_style lj/cut 2.5
            pair_coeff 1 1 1.0 1.0
            neighbor 0.3 bin
            fix 1 all nvt temp 0.722 0.722 0.5
            timestep 0.005
            thermo_style custom step pe press
            thermo_modify norm yes
            thermo 10
            run 12000
            """;
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("lmp", ["-log", "none", "-in", "/dev/stdin"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, "needs lmp (LAMMPS) on the path");
            throw;
        }
        using (process)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var rows = process.StandardOutput.ReadToEnd().Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(f => f.Length == 3 && long.TryParse(f[0], out _))
                .Select(f => (Energy: double.Parse(f[1], CultureInfo.InvariantCulture), Pressure: double.Parse(f[2], CultureInfo.InvariantCulture)))
                .Skip(300).ToArray();
            process.WaitForExit();
            return (BlockingEstimate.Of([.. rows.Select(r => r.Energy)]), BlockingEstimate.Of([.. rows.Select(r => r.Pressure)]));
        }
    }

    private static ThermoLog Run(
        int count, double temperature, double timeStep, int steps, string precision, PotentialModel model,
        long frameEvery, Action<Configuration>? frame, string bath = "bussi", int thermo = 100, double density = 0.8)
    {
        var coupling = bath == "bussi"
            ? """ "thermostat": { "type": "bussi", "relaxationTime": 0.2 } """
            : """ "integrator": { "type": "langevin", "friction": 1.0 } """;
        var cells = (int)Math.Round(Math.Cbrt(count / 4.0));
        var json = FormattableString.Invariant(
            $$"""
            { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": {{density}}, "cells": [{{cells}}, {{cells}}, {{cells}}] } },
              "potential": null, "initialTemperature": {{2 * temperature}}, "timeStep": {{timeStep}}, "precision": "{{precision}}", "seed": 5,
              "stages": [ { "name": "a", "steps": {{steps}}, "temperature": {{temperature}}, {{coupling}} } ], "output": { "thermo": { "every": {{thermo}} } } }
            """);
        return ThermoLog.Run(json, EnergyConservationTests.Start(json, UnitSystem.LennardJones), model, frameEvery, frame);
    }

    /// <summary>Σ over ordered pairs of V″ + 2V′/r; V″ by a central difference of the force, smooth to 1e-8.</summary>
    private static double Laplacian(Configuration frame, PotentialModel model)
    {
        var pair = model.Function(0, 0)!;
        double Slope(double r) => -pair.At(r * r).ForceOverDistance * r;
        const double h = 1e-4;
        var sum = 0.0;
        for (var i = 0; i < frame.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var r = frame.Box.MinimumImage(frame.Position(i) - frame.Position(j)).Length;
                if (r < pair.Cutoff)
                {
                    sum += 2 * ((Slope(r + h) - Slope(r - h)) / (2 * h) + 2 * Slope(r) / r);
                }
            }
        }
        return sum;
    }

    /// <summary>The b that makes P(second | E) = 1/(1 + exp(−a − bE)) most likely, by Newton's method on both parameters.</summary>
    private static double LikelihoodSlope(double[] first, double[] second)
    {
        var (centre, width) = (0.5 * (first.Average() + second.Average()), Math.Abs(second.Average() - first.Average()) + 1e-9);
        var (a, b) = (Math.Log((double)second.Length / first.Length), 0.0);
        for (var iteration = 0; iteration < 50; iteration++)
        {
            var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
            void Add(double energy, double isSecond)
            {
                var x = (energy - centre) / width;
                var p = 1 / (1 + Math.Exp(-a - b * x));
                ga += isSecond - p;
                gb += (isSecond - p) * x;
                haa += p * (1 - p);
                hab += p * (1 - p) * x;
                hbb += p * (1 - p) * x * x;
            }
            foreach (var energy in first)
            {
                Add(energy, 0);
            }
            foreach (var energy in second)
            {
                Add(energy, 1);
            }
            var determinant = haa * hbb - hab * hab;
            a += (hbb * ga - hab * gb) / determinant;
            b += (haa * gb - hab * ga) / determinant;
        }
        return b / width;
    }
}
