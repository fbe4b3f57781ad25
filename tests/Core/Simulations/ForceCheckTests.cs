using Engine.Core.Builders;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Core.Simulations;

/// <summary>Forces of a device beside those of the processor at the start of a run.</summary>
[Collection("device")]
public class ForceCheckTests
{
    private static readonly CrystalInput Lattice = new() { Structure = CrystalStructure.Fcc, Species = ["A"], Density = 0.8442, Cells = [12, 12, 12] };

    public static TheoryData<string> Kinds => TestDevices.Kinds;

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ARunNotesHowFarForcesAreFromTheProcessors(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = DeviceDynamicsTests.Liquid(500);
        using var simulation = new Simulation(Input(10), start, model, Workers.Single, device);
        Assert.Null(simulation.ForceCheck);
        Assert.True(simulation.Run(new Silent(), CancellationToken.None));
        Assert.Equal(500, simulation.ForceCheck!.Compared);
        // Floats do not agree to the last bit; a hundred roundings of 6e-8 each.
        Assert.InRange(simulation.ForceCheck.Error, 1e-9, 1e-5);
    }

    /// <summary>Forces vanish in a perfect crystal: what rounding leaves is compared with those of one that is not perfect.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void APerfectCrystalIsNoFailure(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = CrystalBuilder.Build(Lattice with { Cells = [6, 6, 6] }, UnitSystem.LennardJones, new Dictionary<string, double> { ["A"] = 1 });
        var model = Cells.Example("lj-force-shifted", [.. start.SpeciesTable], UnitSystem.LennardJones);
        using var simulation = new Simulation(Input(10), start, model, Workers.Single, device);
        Assert.True(simulation.Run(new Silent(), CancellationToken.None));
        Assert.InRange(simulation.ForceCheck!.Error, 0, 1e-5);
        Assert.True(simulation.Snapshot().Forces!.Max(Math.Abs) < 1e-3);
    }

    /// <summary>No force anywhere is no failure either.</summary>
    [Fact]
    public void ParticlesOutOfReachAgree()
    {
        var start = CrystalBuilder.Build(Lattice with { Density = 0.05, Cells = [3, 3, 3] }, UnitSystem.LennardJones, new Dictionary<string, double> { ["A"] = 1 });
        start.Forces = new double[3 * start.Count];
        Assert.Equal(0, ForceCheck.Of(start, Cells.Example("wca", [.. start.SpeciesTable], UnitSystem.LennardJones), Workers.Single).Error);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ADeviceThatComputesOtherForcesStopsTheRun(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = CrystalBuilder.Build(Lattice with { Cells = [6, 6, 6] }, UnitSystem.LennardJones, new Dictionary<string, double> { ["A"] = 1 });
        var model = PotentialModel.Of("two faces", start.SpeciesTable, UnitSystem.LennardJones, new TwoFaces(2));
        // In a perfect crystal a force that is wrong by a factor still vanishes.
        start.Positions[0] += 0.1;
        using var simulation = new Simulation(Input(10), start, model, Workers.Single, device);
        var error = Assert.Throws<RunFailedException>(() => simulation.Run(new Silent(), CancellationToken.None));
        Assert.StartsWith($"the forces of {device.Address} (", error.Message);
        Assert.Contains("expected at most 0.0001", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Of many particles a few are compared, with all that act on them.</summary>
    [Fact]
    public void OfALargeSystemASampleIsCompared()
    {
        var start = CrystalBuilder.Build(Lattice, UnitSystem.LennardJones, new Dictionary<string, double> { ["A"] = 1 });
        var random = new Random(1);
        start.Positions = [.. start.Positions.Select(x => x + 0.2 * (random.NextDouble() - 0.5))];
        var model = Cells.Example("lj-force-shifted", [.. start.SpeciesTable], UnitSystem.LennardJones);
        start.Forces = SinglePoint.Evaluate(start, model, Workers.Single).Forces;
        var same = ForceCheck.Of(start, model, Workers.Single);
        Assert.Equal(200, same.Compared);
        // The same double formulas, summed in another order.
        Assert.InRange(same.Error, 0, 1e-12);

        var centre = start.Position(start.Count / 2);
        var byDistance = Enumerable.Range(0, start.Count).OrderBy(i => start.Box.MinimumImage(start.Position(i) - centre).Length).ToArray();
        var rms = Math.Sqrt(start.Forces.Sum(f => f * f) / start.Forces.Length);
        start.Forces[3 * byDistance[^1]] += rms;
        Assert.InRange(ForceCheck.Of(start, model, Workers.Single).Error, 0, 1e-12);
        start.Forces[3 * byDistance[150]] += rms;
        // One component of 600 is wrong by about the root mean square.
        Assert.InRange(ForceCheck.Of(start, model, Workers.Single).Error, 0.03, 0.06);
        start.Forces[3 * byDistance[150]] = double.NaN;
        Assert.False(ForceCheck.Of(start, model, Workers.Single).Error <= ForceCheck.Tolerance);
    }

    private static RunInput Input(int steps) => RunInput.Read(
        $$"""
        { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8, "cells": [2, 2, 2] } }, "potential": null,
          "timeStep": 0.001, "stages": [ { "name": "a", "steps": {{steps}} } ] }
        """,
        "test.json").Resolve();

    /// <summary>A formula that is another one where it is printed for a device.</summary>
    private readonly record struct TwoFaces(double Cutoff) : IPairPotential<TwoFaces>
    {
        public static F Energy<F>(in TwoFaces p, F rSquared)
            where F : struct, IReal<F> => F.Const(typeof(F) == typeof(Dual<DeviceExpression>) ? 1.001 : 1) * F.Exp(-rSquared);
    }

    private sealed class Silent : ISimulationObserver;
}
