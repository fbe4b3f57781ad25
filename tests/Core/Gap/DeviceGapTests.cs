using Engine.Core.Builders;
using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Core.Gap;

/// <summary>A GAP on a device: forces and sums against the processor's, which are tested against QUIP's and against differences.</summary>
[Collection("device")]
public class DeviceGapTests
{
    public static TheoryData<string> Kinds => TestDevices.Kinds;

    public static TheoryData<string, string, int> Cases()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var kind in new[] { "opencl", "cuda" })
        {
            const int now = Engine.Kernels.Soap.SoapSettings.FirstVersionWithCentreInItsOwnChannel;
            data.Add(kind, "", now);
            data.Add(kind, "diagonal_radial=T l_max=6 n_max=5", now);
            data.Add(kind, "l_max=0 n_max=2 cutoff_dexp=2 cutoff_scale=3", now);
            data.Add(kind, "l_max=0 n_max=3", now);
            data.Add(kind, "l_max=1 n_max=1", now);
            data.Add(kind, "normalise=F central_weight=0 l_max=2", 0);
            // One channel for all, and one that only oxygen is in.
            data.Add(kind, "n_species=1 species_Z={0} l_max=3", now);
            data.Add(kind, "n_species=1 species_Z={8} central_reference_all_species=T", now);
        }
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void ForcesEnergyAndVirialEqualTheProcessors(string kind, string soap, int version)
    {
        var device = TestDevices.Get(kind);
        var cell = Supercell.Build(Cells.Fluorite(5.1, 1, shake: 0.3), 2, 2, 2);
        var start = soap.Length == 0 ? Cells.Strained(cell, 0.02, -0.01, 0, 0.05, -0.03, 0.02) : cell;
        Compare(device, start, Build(GapModels.Hafnia(soap: soap, version: version)));
    }

    /// <summary>A potential that was fitted: its weights are large and cancel.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void SiliconHasTheForcesOfTheProcessor(string kind)
    {
        var device = TestDevices.Get(kind);
        var path = Cells.SharedFile(Path.Combine("gap", "quip_si", "gap.xml"));
        Skip.If(path is null, "reference data ../shared/data/gap absent");
        var frame = StructureFile.Read(Path.Combine(Path.GetDirectoryName(path)!, "si_64.xyz"));
        frame.SpeciesTable = [new("Si", 28.085)];
        Compare(device, frame, PotentialModel.Build(PotentialFile.Load(path!), frame.SpeciesTable, UnitSystem.Metal));
    }

    /// <summary>Centres are treated some at a time; how many decides nothing, nor do replicas know of each other.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void HowManyCentresAreTreatedAtOnceDecidesNothing(string kind)
    {
        var device = TestDevices.Get(kind);
        var starts = new[] { 0.2, 0.3 }.Select(shake => Cells.Fluorite(5.1, 2, shake)).ToArray();
        var model = Build(GapModels.Hafnia());
        var systems = Array.ConvertAll(starts, start => ParticleSystem.FromConfiguration(start, UnitSystem.Metal));
        var counts = DeviceUpload.CountSpecies(systems[0]);
        using var motion = new DeviceMotion(device, model, counts, replicas: 2, systems[0].Box, tilted: false, seed: 1);
        var upload = new DeviceUpload(systems.Sum(system => system.Count));
        var cell = DeviceUpload.CellFor(systems, former: null, motion.Reach);
        foreach (var system in systems)
        {
            upload.Add(system, [.. Enumerable.Range(0, system.Count)], cell);
        }
        upload.To(motion);
        motion.Prepare();
        var whole = motion.Sums();
        for (var r = 0; r < 2; r++)
        {
            Assert.Equal(SinglePoint.Evaluate(starts[r], model, Workers.Single).Energy, whole[r].Sums.Energy, 1e-6 * Math.Abs(whole[r].Sums.Energy));
        }

        var texts = new DeviceTexts(Triclinic: false, StepsPerGraph: 10);
        var gap = model.ForceTerms.OfType<GapForce>().Single();
        using var ring = device.Allocate<int>(2 * (texts.StepsPerGraph + 1));
        using var parts = gap.On(motion.Particles, motion.List, texts, counts, centresAtOnce: 50);
        parts.ListBuilt();
        var found = parts.Sums(ring);
        var constant = model.ConstantEnergy(counts);
        for (var r = 0; r < 2; r++)
        {
            Assert.Equal(whole[r].Sums.Energy, found[r].Energy + constant, 1e-12 * Math.Abs(constant));
            Cells.Near(whole[r].Sums.Virial, found[r].Virial, 1e-12);
        }
        var before = motion.Particles.Forces.ToArray();
        motion.Particles.Forces.Clear();
        parts.Launch(ring, -1);
        Assert.Equal(before, motion.Particles.Forces.ToArray());
    }

    /// <summary>Twenty steps of a hot crystal; forces differ by the rounding of the cell to floats.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void AShortTrajectoryFollowsTheProcessors(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2, shake: 0.05);
        var random = new Random(3);
        start.Velocities = [.. Enumerable.Range(0, 3 * start.Count).Select(_ => 20 * (random.NextDouble() - 0.5))];
        var input = RunInput.Read(
            """
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 2] } },
              "potential": null, "timeStep": 0.001, "stages": [ { "name": "a", "steps": 20 } ], "output": { "thermo": { "every": 10 } } }
            """,
            "test.json").Resolve();
        var frames = new[] { null, device, device }.Select(where =>
        {
            using var simulation = new Simulation(input, start, Build(GapModels.Hafnia(0.03)), Workers.Single, where);
            Assert.True(simulation.Run(new Nobody(), CancellationToken.None));
            return simulation.Snapshot();
        }).ToArray();
        Assert.Equal(frames[1].Positions, frames[2].Positions);
        for (var i = 0; i < start.Count; i++)
        {
            Assert.True(start.Box.MinimumImage(frames[0].Position(i) - start.Position(i)).Length > 1e-3);
            var d = start.Box.MinimumImage(frames[0].Position(i) - frames[1].Position(i));
            Assert.True(d.Length < 1e-6, $"particle {i} is {d.Length:G3} away from where the processor has it");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ParticlesThatOverlapFailTheRun(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2, shake: 0.05);
        var file = PotentialFile.Of(GapModels.Hafnia()) with { MinimumDistance = 2.3 };
        var model = PotentialModel.Build(file, Cells.HafniumOxygen, UnitSystem.Metal);
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.Metal), model, mayTilt: false, 1, true, Workers.Single);
        Assert.Contains("minimumDistance 2.3", Assert.Throws<RunFailedException>(() => dynamics.Start(allowOverlap: false)).Message);
    }

    private static void Compare(Device device, Configuration start, PotentialModel model)
    {
        var expected = SinglePoint.Evaluate(start, model, Workers.Single);
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.Metal), model, mayTilt: false, 1, true, Workers.Single);
        var sums = dynamics.Start(allowOverlap: true);
        dynamics.Synchronise();
        var forces = dynamics.System.ToConfiguration().Forces!;
        var rms = Math.Sqrt(expected.Forces.Sum(f => f * f) / expected.Forces.Length);
        var error = Math.Sqrt(expected.Forces.Zip(forces, (e, f) => (e - f) * (e - f)).Sum() / forces.Length);
        // All is computed in double, but the cell and the forces are floats: a strain of 6e-8, and with it positions wrong by 3e-7 Å at the cutoff.
        Assert.True(error < 1e-6 * rms, $"rms error of forces {error:G3} at an rms force of {rms:G3}");
        var virial = Math.Abs(expected.Virial.Trace) + start.Count;
        Assert.Equal(expected.Energy, sums.Energy, 1e-7 * virial);
        Cells.Near(expected.Virial, sums.Virial, 1e-6);
    }

    private static PotentialModel Build(GapModel model) => PotentialModel.Build(PotentialFile.Of(model), Cells.HafniumOxygen, UnitSystem.Metal);

    /// <summary>Watches nothing.</summary>
    private sealed class Nobody : ISimulationObserver
    {
    }
}
