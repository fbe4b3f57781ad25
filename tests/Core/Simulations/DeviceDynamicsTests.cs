using Engine.Core.Input;
using Engine.Core.Observables;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Engine.Perf.Devices;
using Engine.Tests.Core.Forces;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Core.Simulations;

/// <summary>Particles on a device: forces and sums against the double oracle, and what moves them.</summary>
[Collection("device")]
public class DeviceDynamicsTests
{
    private const string LennardJones = """
        { "name": "lj", "units": "lj", "species": { "A": { "mass": 1 }, "B": { "mass": 2 } },
          "terms": [ { "type": "lennardJones", "cutoff": 2.3, "shift": "force", "pairs": {
            "A-A": { "epsilon": 1, "sigma": 1 }, "A-B": { "epsilon": 0.7, "sigma": 0.9 }, "B-B": { "epsilon": 0.5, "sigma": 0.8 } } } ] }
        """;

    private const string ChargedAndDamped = """
        { "name": "dsf", "units": "lj", "species": { "A": { "mass": 1, "charge": 1 }, "B": { "mass": 2, "charge": -0.5 } },
          "terms": [
            { "type": "lennardJones", "cutoff": 2.2, "shift": "force", "pairs": {
              "A-A": { "epsilon": 1, "sigma": 1 }, "A-B": { "epsilon": 0.7, "sigma": 0.9 }, "B-B": { "epsilon": 0.5, "sigma": 0.8 } } },
            { "type": "coulombDsf", "alpha": 1.0, "cutoff": 2.6 } ] }
        """;

    public static TheoryData<string, string, bool> Cases()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var kind in new[] { "opencl", "cuda" })
        {
            data.Add(kind, LennardJones, false);
            data.Add(kind, LennardJones, true);
            data.Add(kind, ChargedAndDamped, false);
            data.Add(kind, ChargedAndDamped, true);
        }
        return data;
    }

    public static TheoryData<string> Kinds => TestDevices.Kinds;

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void ForcesEnergyAndVirialEqualThePlainSum(string kind, string potential, bool tilted)
    {
        var device = TestDevices.Get(kind);
        var box = tilted ? new Box(9, 8, 10, 2.5, -1.5, 2) : new Box(9, 8, 10);
        var start = ForceFieldTests.RandomConfiguration(box, 400, seed: 4);
        var model = PotentialModel.Build(PotentialFile.Parse(potential, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        var expected = PairOracle.Evaluate(start, model);
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 1, true, Workers.Single);
        var sums = dynamics.Start(allowOverlap: true);
        dynamics.Synchronise();
        var forces = dynamics.System.ToConfiguration().Forces!;
        // Errors of float pairs: a hundred terms of rounding 6e-8 each, those of an overlap a hundred times the rms.
        AssertForces(expected.Forces, forces, 1e-5);
        var scale = Math.Abs(expected.Energy) + start.Count;
        Assert.Equal(expected.Energy, sums.Energy, 1e-5 * scale);
        var virial = sums.Virial - expected.Virial;
        Assert.True(
            new[] { virial.XX, virial.YY, virial.ZZ, virial.XY, virial.XZ, virial.YZ }.Max(Math.Abs) < 1e-5 * (Math.Abs(expected.Virial.Trace) + start.Count),
            $"virial {sums.Virial}, expected {expected.Virial}");
    }

    /// <summary>However many threads share a particle, as on devices that few particles do not fill.</summary>
    [SkippableTheory]
    [InlineData("opencl", 2)]
    [InlineData("opencl", 8)]
    [InlineData("opencl", 32)]
    [InlineData("cuda", 2)]
    [InlineData("cuda", 8)]
    [InlineData("cuda", 32)]
    public void ThreadsThatShareAParticleSeeAllItsNeighbours(string kind, int lanes)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(9, 8, 10), 400, seed: 4);
        var model = PotentialModel.Build(PotentialFile.Parse(ChargedAndDamped, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        using var motion = TestDevices.Session(device).Motion(start, model, lanes: lanes);
        motion.Prepare();
        var forces = DeviceSession.Frame(motion, start, model).Forces!;
        var (sums, closestSquared) = motion.Sums()[0];
        var expected = PairOracle.Evaluate(start, model);
        // As above.
        AssertForces(expected.Forces, forces, 1e-5);
        Assert.Equal(expected.Energy, sums.Energy, 1e-5 * (Math.Abs(expected.Energy) + start.Count));
        Assert.Equal(expected.Virial.Trace, sums.Virial.Trace, 1e-5 * (Math.Abs(expected.Virial.Trace) + start.Count));
        using var alone = TestDevices.Session(device).Motion(start, model, lanes: 1);
        alone.Prepare();
        Assert.Equal(alone.Sums()[0].ClosestSquared, closestSquared);
    }

    public static TheoryData<string, int, string> OneKernelOrTwo
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            foreach (var kind in new[] { "opencl", "cuda" })
            {
                foreach (var lanes in new[] { 1, 8 })
                {
                    foreach (var integrator in new[] { "velocityVerlet", "langevin", "brownian" })
                    {
                        data.Add(kind, lanes, integrator);
                    }
                }
            }
            return data;
        }
    }

    /// <summary>Where lists go out of date and segments end within a graph, and where they do not.</summary>
    [SkippableTheory]
    [MemberData(nameof(OneKernelOrTwo))]
    public void ForcesAndMotionAreTheSameInOneKernelAndInTwo(string kind, int lanes, string integrator)
    {
        var device = TestDevices.Get(kind);
        var (liquid, model) = Liquid(500);
        IntegratorInput how = integrator switch
        {
            "langevin" => new LangevinInput { Friction = 1 },
            "brownian" => new BrownianInput { Friction = 50 },
            _ => new VelocityVerletInput(),
        };
        (Int4[] Positions, Float4[] Velocities, Float4[] Forces, Int4[] Images, long Lists) Run(bool separateSteps)
        {
            using var motion = TestDevices.Session(device).Motion(liquid, model, lanes: lanes, separateSteps: separateSteps);
            var step = 0;
            foreach (var segment in new[] { 1, 7, 10, 23, 100, 20 })
            {
                step += motion.Advance(new(how, 0.004, _ => 1.5), step, step, segment);
            }
            Assert.Equal(161, step);
            var p = motion.Particles;
            return (p.Positions.ToArray(), p.Velocities.ToArray(), p.Forces.ToArray(), p.Images.ToArray(), motion.Rebuilds);
        }
        var (one, two) = (Run(false), Run(true));
        Assert.InRange(one.Lists, 3, 100);
        Assert.Equal(two.Lists, one.Lists);
        Assert.Equal(two.Positions, one.Positions);
        Assert.Equal(two.Velocities, one.Velocities);
        Assert.Equal(two.Forces, one.Forces);
        Assert.Equal(two.Images, one.Images);
    }

    /// <summary>Parameters of one species and of two stay in registers, those of more are read where they are needed; so are the places of their tables.</summary>
    [SkippableTheory]
    [InlineData("opencl", 1)]
    [InlineData("opencl", 2)]
    [InlineData("opencl", 3)]
    [InlineData("cuda", 1)]
    [InlineData("cuda", 2)]
    [InlineData("cuda", 3)]
    public void TablesServeAnyNumberOfSpecies(string kind, int species)
    {
        var device = TestDevices.Get(kind);
        var liquid = ForceFieldTests.RandomConfiguration(new Box(9, 8, 10), 400, seed: 6);
        var start = new Configuration
        {
            Box = liquid.Box,
            SpeciesTable = [.. "ABC"[..species].Select(name => new Species(name.ToString(), 1))],
            Species = [.. Enumerable.Range(0, liquid.Count).Select(i => i % species)],
            Positions = liquid.Positions,
        };
        var names = "ABC"[..species];
        var masses = string.Join(',', names.Select(name => $$""" "{{name}}": { "mass": 1 } """));
        var pairs = string.Join(',', names.SelectMany((a, k) => names[k..].Select(
            b => FormattableString.Invariant($$""" "{{a}}-{{b}}": { "D0": {{1 + 0.3 * k}}, "alpha": {{3 + 0.2 * (b - 'A')}}, "r0": 1 } """))));
        var potential = $$"""
            { "name": "morse", "units": "lj", "minimumDistance": 0.4, "species": { {{masses}} },
              "terms": [ { "type": "morse", "cutoff": 2.4, "pairs": { {{pairs}} } } ] }
            """;
        var model = PotentialModel.Build(PotentialFile.Parse(potential, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        Assert.IsType<Tabulated>(model.FastPair(0, 0));
        var expected = PairOracle.Evaluate(start, model).Forces;
        using var dynamics = new DeviceDynamics(device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 1, true, Workers.Single);
        dynamics.Start(allowOverlap: true);
        dynamics.Synchronise();
        var forces = dynamics.System.ToConfiguration().Forces!;
        // As of formulas above: the tables' own error is a tenth of it.
        AssertForces(expected, forces, 1e-5);
    }

    /// <summary>
    /// The first hundred steps follow the processor's, and the list stays complete: forces of floats differ by 1e-6, which a liquid multiplies by e about once in
    /// half a unit of time.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AShortTrajectoryFollowsTheProcessors(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = Liquid(500);
        var frames = new[] { null, device }.Select(where =>
        {
            using var simulation = new Simulation(Input("velocityVerlet", 100).Resolve(), start, model, Workers.Single, where);
            Assert.True(simulation.Run(new Nobody(), CancellationToken.None));
            Assert.InRange(simulation.Rebuilds, 2, 50);
            return simulation.Snapshot();
        }).ToArray();
        for (var i = 0; i < start.Count; i++)
        {
            var d = start.Box.MinimumImage(frames[0].Position(i) - frames[1].Position(i));
            Assert.True(d.Length < 1e-4, $"particle {i} is {d.Length:G3} away from where the processor has it");
        }
        Assert.Equal(frames[0].Energy!.Value, frames[1].Energy!.Value, 1e-4 * start.Count);
    }

    /// <summary>How many steps are launched at once decides nothing: neither do the host's looks at the clock.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ATrajectoryIsTheSameHoweverManyStepsAreLaunchedAtOnce(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = Liquid(300);
        foreach (var integrator in new IntegratorInput[] { new VelocityVerletInput(), new LangevinInput { Friction = 1 }, new BrownianInput { Friction = 50 } })
        {
            var motion = new Motion(integrator, 0.004, _ => 1.2);
            var states = new[] { 1, 7, 60 }.Select(stride =>
            {
                using var dynamics = new DeviceDynamics(
                    device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 9, true, Workers.Single);
                dynamics.Start(allowOverlap: false);
                for (var step = 0; step < 120; step += stride)
                {
                    var count = Math.Min(stride, 120 - step);
                    dynamics.Advance(motion, step, step, count, energy: false, virial: step % 2 == 0);
                }
                Assert.InRange(dynamics.Rebuilds, 3, 60);
                return dynamics.Save(Nobody.State);
            }).ToArray();
            foreach (var other in states[1..])
            {
                Assert.Equal(states[0].Id, other.Id);
                Assert.Equal(states[0].X, other.X);
                Assert.Equal(states[0].VZ, other.VZ);
                Assert.Equal(states[0].ImageX, other.ImageX);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AnOpenClusterHoldsTogetherAndAnOpenAxisHasNoImages(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(8, 7, 6, PeriodicX: false, PeriodicY: true, PeriodicZ: false), 200, seed: 6);
        var model = PotentialModel.Build(PotentialFile.Parse(LennardJones, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        var expected = PairOracle.Evaluate(start, model);
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 1, true, Workers.Single);
        var sums = dynamics.Start(allowOverlap: true);
        Assert.Equal(expected.Energy, sums.Energy, 1e-5 * (Math.Abs(expected.Energy) + start.Count));
        Cells.Near(expected.Virial, sums.Virial, 1e-5);
    }

    /// <summary>An atom that flies away from an open cluster flies on, and does not come back from the other side.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AnAtomLeavesAnOpenCluster(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(4, 4, 4, PeriodicX: false, PeriodicY: false, PeriodicZ: false), 3, seed: 6);
        start.Positions = [0, 0, 0, 1.1, 0, 0, 4, 4, 4];
        start.Velocities = [0, 0, 0, 0, 0, 0, 1, -0.5, 0.25];
        var model = PotentialModel.Build(PotentialFile.Parse(LennardJones, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        var ends = new[] { device, null }.Select(where =>
        {
            using var simulation = new Simulation(Input("velocityVerlet", 30_000).Resolve(), start, model, Workers.Single, where);
            Assert.True(simulation.Run(new Nobody(), CancellationToken.None));
            return simulation.Snapshot();
        }).ToArray();
        for (var k = 6; k < 9; k++)
        {
            // In 120 units of time: a velocity of float digits, and in each of 30 000 steps a rounding to 2⁻³² of a cell of a thousand.
            Assert.Equal(ends[1].Positions[k], ends[0].Positions[k], 2e-2);
        }
        Assert.True(ends[0].Positions[6] > 60);
        Assert.Equal(new int[9], ends[0].Images!);
    }

    /// <summary>A cell that is tilted too far gets other vectors: the particles stay where the processor has them.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AnotherChoiceOfCellVectorsMovesNoParticle(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(9, 8, 10, 4.45, -1.5, 2), 400, seed: 4);
        var model = PotentialModel.Build(PotentialFile.Parse(LennardJones, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        ParticleSystem System() => ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones);
        var frames = new IDynamics[] { new CpuDynamics(System(), model, true, 1, Workers.Single), new DeviceDynamics(device, System(), model, mayTilt: true, 1, true, Workers.Single) }
            .Select(dynamics =>
            {
                using (dynamics)
                {
                    dynamics.Start(allowOverlap: true);
                    dynamics.Deform(new(1.01, 0.995, 1, 0.02, 0, 0), halfStep: 0, minimumWidth: 1, "a test");
                    dynamics.Synchronise();
                    return dynamics.System.ToConfiguration();
                }
            }).ToArray();
        Assert.Equal(frames[0].Box.TiltXY, frames[1].Box.TiltXY, 1e-12);
        for (var i = 0; i < start.Count; i++)
        {
            Assert.True(frames[0].Box.MinimumImage(frames[0].Position(i) - frames[1].Position(i)).Length < 1e-6);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ParticlesThatDoNotInteractMayLieInAPlaneOfAnOpenCell(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(4, 4, 4, PeriodicX: false, PeriodicY: false, PeriodicZ: false), 3, seed: 6);
        start.Positions = [0, 0, 1, 1, 0, 1, 4, 4, 1];
        var model = PotentialModel.IdealGas([.. start.SpeciesTable.Select(s => s with { Mass = 1 })], UnitSystem.LennardJones);
        using var simulation = new Simulation(Input("velocityVerlet", 20).Resolve(), start, model, Workers.Single, device);
        Assert.True(simulation.Run(new Nobody(), CancellationToken.None));
        Assert.Equal(start.Positions[6], simulation.Snapshot().Positions[6], 1e-6);
    }

    [SkippableTheory]
    [InlineData("opencl", 37)]
    [InlineData("opencl", 3000)]
    [InlineData("cuda", 37)]
    [InlineData("cuda", 3000)]
    public void PairDistancesAreCounted(string kind, int bins)
    {
        var device = TestDevices.Get(kind);
        var start = ForceFieldTests.RandomConfiguration(new Box(9, 8, 10), 301, seed: 2);
        var model = PotentialModel.Build(PotentialFile.Parse(LennardJones, "test"), start.SpeciesTable, UnitSystem.LennardJones);
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 1, true, Workers.Single);
        const double maximum = 4;
        var found = dynamics.CountPairs(maximum, bins);
        var expected = new long[4 * bins];
        var close = 0;
        for (var i = 0; i < start.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var r = start.Box.MinimumImage(start.Position(i) - start.Position(j)).Length * bins / maximum;
                var (a, b) = (Math.Min(start.Species[i], start.Species[j]), Math.Max(start.Species[i], start.Species[j]));
                if (r < bins)
                {
                    expected[(2 * a + b) * bins + (int)r]++;
                }
                // A distance that a float rounds across the edge of a bin: its error is 1e-6 of the largest.
                close += Math.Abs(r - Math.Round(r)) < 1e-6 * bins ? 1 : 0;
            }
        }
        Assert.True(found.Zip(expected, (f, e) => Math.Abs(f - e)).Sum() <= 2 * close);
        Assert.Equal(expected.Sum(), found.Sum(), (double)close);
    }

    /// <summary>Frames of a run hold the pairs that a device counted, and no positions unless something else wants them; g(r) is the one of the positions.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void TheRadialDistributionOfARunIsThatOfItsPositions(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = Liquid(500);
        using var simulation = new Simulation(Input("velocityVerlet", 40).Resolve(), start, model, Workers.Single, device);
        var watcher = new PairWatcher();
        Assert.True(simulation.Run(watcher, CancellationToken.None));
        Assert.Equal((5, 5), (watcher.Counted.Frames, watcher.Measured.Frames));
        Assert.Equal(4, watcher.WithoutPositions);
        foreach (var (a, b) in new[] { (0, 0), (0, 1), (1, 1) })
        {
            var (x, y) = (watcher.Counted.Distribution(a, b, fine: false), watcher.Measured.Distribution(a, b, fine: false));

            // A pair in a hundred thousand is moved across the edge of a bin by rounding; there are hundreds in a bin.
            Assert.True(x.Skip(10).Zip(y.Skip(10), (p, q) => Math.Abs(p - q)).Max() < 0.02);
            Assert.InRange(y[^1], 0.9, 1.1);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void WhatADeviceCannotDoIsSaidInOneLine(string kind)
    {
        var device = TestDevices.Get(kind);
        var (start, model) = Liquid(32);
        Assert.Contains(
            "nearest image", Assert.Throws<InputException>(() => new Simulation(Input("velocityVerlet", 10).Resolve(), start, model, Workers.Single, device)).Message);

        // In metres, r⁻¹² is no float.
        var argon = PotentialFile.Parse(
            """
            { "name": "argon", "units": "si", "species": { "A": { "mass": 6.6e-26 }, "B": { "mass": 6.6e-26 } }, "terms": [
              { "type": "lennardJones", "cutoff": 8.5e-10, "pairs": {
                "A-A": { "epsilon": 1.65e-21, "sigma": 3.4e-10 }, "A-B": { "epsilon": 1.65e-21, "sigma": 3.4e-10 }, "B-B": { "epsilon": 1.65e-21, "sigma": 3.4e-10 } } } ] }
            """, "test");
        var metres = ForceFieldTests.RandomConfiguration(Box.Cubic(12), 100, seed: 1);
        (metres.Box, metres.Positions) = (Box.Cubic(4e-9), [.. metres.Positions.Select(x => x * 4e-9 / 12)]);
        Assert.Contains("out of range", Assert.Throws<InputException>(() => new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(metres, UnitSystem.SI), PotentialModel.Build(argon, metres.SpeciesTable, UnitSystem.SI), mayTilt: false, 1, true,
            Workers.Single)).Message);
        var input = Input("velocityVerlet", 10) with { Precision = Precision.Double };
        Assert.Contains("mixed", Assert.Throws<InputException>(() => new Simulation(input.Resolve(), start, model, Workers.Single, device)).Message);
        (start, model) = Liquid(500);
        start.Velocities![0] = 1e5;
        var explodes = Assert.Throws<RunFailedException>(() =>
        {
            using var simulation = new Simulation(Input("velocityVerlet", 50).Resolve(), start, model, Workers.Single, device);
            simulation.Run(new Nobody(), CancellationToken.None);
        });
        Assert.Contains("particle", explodes.Message);
        Assert.Contains("explodes", explodes.Message);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ParticlesThatOverlapAreNamed(string kind)
    {
        var (start, model) = Liquid(500, minimumDistance: 0.05);
        (start.Positions[3 * 20], start.Positions[3 * 20 + 1], start.Positions[3 * 20 + 2]) = (start.Positions[3 * 7] + 0.03, start.Positions[3 * 7 + 1], start.Positions[3 * 7 + 2]);
        using var dynamics = new DeviceDynamics(
            TestDevices.Get(kind), ParticleSystem.FromConfiguration(start, UnitSystem.LennardJones), model, mayTilt: false, 1, true, Workers.Single);
        Assert.Matches(
            "particles [AB] (7 and [AB] 20|20 and [AB] 7) are 0.03 sigma apart; expected at least the minimumDistance 0.05 sigma", Assert.Throws<ForceException>(() => dynamics.Start(allowOverlap: false)).Message);
    }

    private static RunInput Input(string integrator, int steps) => RunInput.Read(
        $$"""
        { "units": "lj", "system": { "crystal": { "structure": "fcc", "species": ["A"], "density": 0.8, "cells": [2, 2, 2] } }, "potential": null,
          "integrator": { "type": "{{integrator}}" }, "timeStep": 0.004, "stages": [ { "name": "a", "steps": {{steps}} } ], "output": { "thermo": { "every": 50 } } }
        """,
        "test.json");

    /// <summary>Forces are those expected but for an error whose root mean square is less than so much of theirs.</summary>
    internal static void AssertForces(double[] expected, double[] found, double tolerance)
    {
        var rms = Math.Sqrt(expected.Sum(f => f * f) / expected.Length);
        var error = Math.Sqrt(expected.Zip(found, (e, f) => (e - f) * (e - f)).Sum() / found.Length);
        Assert.True(error < tolerance * rms, $"rms error of forces {error:G3} at an rms force of {rms:G3}");
    }

    /// <summary>Particles of a liquid with velocities.</summary>
    internal static (Configuration Start, PotentialModel Model) Liquid(int count, int seed = 1, double minimumDistance = 0)
    {
        var start = ForceFieldTests.RandomConfiguration(Box.Cubic(Math.Cbrt(count / 0.6)), count, seed);
        var random = new Random(seed + 1);
        start.Velocities = [.. Enumerable.Range(0, 3 * count).Select(_ => 2 * (random.NextDouble() - 0.5))];
        // Soft, because some are close to each other.
        var soft = System.Text.RegularExpressions.Regex.Replace(LennardJones, "\"epsilon\": [0-9.]+", "\"epsilon\": 0.01");
        return (start, PotentialModel.Build(PotentialFile.Parse(soft, "test") with { MinimumDistance = minimumDistance }, start.SpeciesTable, UnitSystem.LennardJones));
    }

    /// <summary>Measures g(r) from counted pairs, and from the positions of the same frames; in between it wants counted pairs only.</summary>
    private sealed class PairWatcher : ISimulationObserver
    {
        public RadialDistribution Counted { get; } = new(new() { Bins = 50 }, UnitSystem.LennardJones);

        public RadialDistribution Measured { get; } = new(new() { Bins = 50 }, UnitSystem.LennardJones);

        public int WithoutPositions { get; private set; }

        public PairRange CountedPairs => new(null, 50);

        public FrameContents WantedFrame(long step) => step % 10 == 0 ? FrameContents.PairCounts | FrameContents.Positions : step % 5 == 0 ? FrameContents.PairCounts : FrameContents.None;

        public void FrameTaken(Configuration frame)
        {
            Assert.NotNull(frame.PairCounts);
            if (frame.Step % 10 != 0)
            {
                Assert.Empty(frame.Positions);
                WithoutPositions++;
                return;
            }
            Counted.Add(frame, Workers.Single);
            frame.PairCounts = null;
            Measured.Add(frame, Workers.Single);
        }
    }

    /// <summary>Watches nothing.</summary>
    private sealed class Nobody : ISimulationObserver
    {
        public static SimulationState State { get; } = new()
        {
            InputHash = "",
            Stage = 0,
            StageStep = 0,
            Step = 0,
            StageStartTime = 0,
            HasVelocities = true,
            ThermostatEnergy = 0,
            Count = 0,
            MeltReference = [],
            MeltDisplacementBefore = 0,
        };
    }
}
