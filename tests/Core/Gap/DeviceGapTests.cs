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
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Core.Simulations;
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
            // One neighbour at a time is staged.
            data.Add(kind, "n_species=1 species_Z={0} l_max=26 n_max=30 atom_sigma=0.15", now);
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

    /// <summary>More sparse points than a block of columns and more centres than a block of rows, neither a multiple of it.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ManySparsePointsAndManyCentresHaveTheForcesOfTheProcessor(string kind)
    {
        var (device, start, model) = (TestDevices.Get(kind), Cells.Fluorite(5.1, 3, shake: 0.3), GapModels.Hafnia(0.05, cells: 3));
        Assert.Equal([108, 216], model.Sets.Take(2).Select(set => set.Count));
        Assert.Equal([108, 216], new[] { 0, 1 }.Select(species => start.Species.Count(s => s == species)));
        Compare(device, start, Build(model));
    }

    /// <summary>A film and a cluster: what is near one end of an open axis does not see what is near the other.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void OpenAxesHaveTheForcesOfTheProcessor(string kind)
    {
        var device = TestDevices.Get(kind);
        var cell = Cells.Fluorite(5.1, 2, shake: 0.3);
        foreach (var periodic in new[] { true, false })
        {
            cell.Box = Box.Cubic(10.2) with { PeriodicX = periodic, PeriodicY = periodic, PeriodicZ = false };
            Compare(device, cell, Build(GapModels.Hafnia()));
        }
    }

    /// <summary>A structure that has not all species of the potential, whether or not its table of species names them.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void SpeciesThatAreNotThereHaveNoPart(string kind)
    {
        var device = TestDevices.Get(kind);
        var oxygen = Cells.Fluorite(5.1, 2, shake: 0.3);
        oxygen.Positions = [.. oxygen.Positions.Where((_, k) => oxygen.Species[k / 3] == 1)];
        oxygen.Species = [.. oxygen.Species.Where(s => s == 1)];
        Compare(device, oxygen, Build(GapModels.Hafnia()));
        oxygen.SpeciesTable = [Cells.HafniumOxygen[1]];
        oxygen.Species = new int[oxygen.Count];
        Compare(device, oxygen, PotentialModel.Build(PotentialFile.Of(GapModels.Hafnia()), oxygen.SpeciesTable, UnitSystem.Metal));
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

        var texts = new DeviceTexts(Triclinic: false);
        var gap = model.ForceTerms.OfType<GapForce>().Single();
        using var parts = gap.On(motion.Particles, motion.List, texts, counts, centresAtOnce: 50);
        parts.ListBuilt(GraphStep.AtOnce);
        var found = parts.Sums(launched: false);
        var constant = model.ConstantEnergy(counts);
        for (var r = 0; r < 2; r++)
        {
            Assert.Equal(whole[r].Sums.Energy, found[r].Energy + constant, 1e-12 * Math.Abs(constant));
            Cells.Near(whole[r].Sums.Virial, found[r].Virial, 1e-12);
        }
        var before = motion.Particles.Forces.ToArray();
        motion.Particles.Forces.Clear();
        parts.Launch(GraphStep.AtOnce);
        Assert.Equal(before, motion.Particles.Forces.ToArray());
        // What was launched is not computed again, but in another cell it is.
        Assert.Equal(found, parts.Sums(launched: true));
        motion.SetCell(motion.Cell.In(Box.Cubic(10.3)));
        var larger = Cells.Strained(starts[1], 0.1 / 10.2, 0.1 / 10.2, 0.1 / 10.2, 0, 0, 0);
        Assert.Equal(SinglePoint.Evaluate(larger, model, Workers.Single).Energy, motion.Sums()[1].Sums.Energy, 1e-6 * Math.Abs(constant));
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

    /// <summary>A hot crystal, on a device with lists that are built anew on the way, stopped early and late: it goes on with the bits of the run that was not.</summary>
    [SkippableTheory]
    [InlineData("cpu")]
    [InlineData("opencl")]
    [InlineData("cuda")]
    public void ARunThatWasStoppedGoesOnWithTheSameBits(string kind)
    {
        var device = kind == "cpu" ? null : TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2, shake: 0.05);
        var random = new Random(3);
        start.Velocities = [.. Enumerable.Range(0, 3 * start.Count).Select(_ => 40 * (random.NextDouble() - 0.5))];
        var input = RunInput.Read(
            """
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 2] } }, "potential": null,
              "timeStep": 0.001, "stages": [ { "name": "a", "steps": 60, "temperature": 2000, "integrator": { "type": "langevin", "friction": 1 } } ],
              "output": { "thermo": { "every": 10 }, "checkpoint": { "every": 15 } } }
            """,
            "test.json").Resolve();
        var model = Build(GapModels.Hafnia(0.03));
        Simulation Begin() => new(input, start, model, Workers.Single, device);
        using var whole = Begin();
        Assert.True(whole.Run(new Nobody(), CancellationToken.None));
        Assert.True(device is null || whole.Rebuilds > 1);
        var expected = whole.Snapshot();
        foreach (var stop in new[] { 10, 45 })
        {
            var found = StoppingObserver.StopAndResume(Begin, stop);
            Assert.Equal(expected.Positions, found.Positions);
            Assert.Equal(expected.Velocities!, found.Velocities!);
            Assert.Equal(expected.Forces!, found.Forces!);
        }
    }

    /// <summary>
    /// Atoms that go far: lists are built again and again while particles change places, one of them with more neighbours than there was room for. Trajectories part, so forces
    /// are compared at the places that the device has reached.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ListsThatAreBuiltOnTheWayKeepTheForcesOfTheProcessor(string kind)
    {
        var device = TestDevices.Get(kind);
        var model = Build(GapModels.Hafnia(0.03));
        // So thin at first that 32 neighbours, for which there is room, are more than any has.
        var thin = Cells.Fluorite(7, 2, shake: 0.05);
        var random = new Random(3);
        thin.Velocities = [.. Enumerable.Range(0, 3 * thin.Count).Select(_ => 60 * (random.NextDouble() - 0.5))];
        using var dynamics = new DeviceDynamics(device, ParticleSystem.FromConfiguration(thin, UnitSystem.Metal), model, mayTilt: false, 1, true, Workers.Single);
        dynamics.Start(allowOverlap: true);
        var (step, rebuilds) = (0, dynamics.Rebuilds);
        Check();
        CompressTo(10.2);
        Check();
        Assert.True(dynamics.Rebuilds - rebuilds > 5, $"{dynamics.Rebuilds - rebuilds} lists were built");

        void Check()
        {
            var sums = dynamics.Advance(new(new VelocityVerletInput(), 0.001, _ => 0), step, step, 100, energy: true, virial: true);
            step += 100;
            dynamics.Synchronise();
            var frame = dynamics.System.ToConfiguration();
            Compare(frame, model, sums, frame.Forces!);
        }

        void CompressTo(double width)
        {
            var (system, factor) = (dynamics.System, width / dynamics.System.Box.LengthX);
            system.Box = Box.Cubic(width);
            foreach (var coordinates in new[] { system.X, system.Y, system.Z })
            {
                for (var slot = 0; slot < coordinates.Length; slot++)
                {
                    coordinates[slot] *= factor;
                }
            }
            dynamics.Changed(positions: true);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ParticlesAtTheSamePlaceOrNearlySoFailTheRun(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2);
        start.Positions.AsSpan(0, 3).CopyTo(start.Positions.AsSpan(3 * 50));
        foreach (var normalise in new[] { "T", "F" })
        {
            var model = Build(GapModels.Hafnia(soap: $"normalise={normalise}"));
            Assert.Contains("expected more than the minimumDistance 0 Angstrom", Assert.Throws<ForceException>(() => SinglePoint.Evaluate(start, model, Workers.Single)).Message);
            Assert.Contains("two particles are 0 Angstrom apart; expected more than the minimumDistance 0 Angstrom", Refused(start, model));
        }
        // Weights so large that no force of the potential has its place among the integers.
        var steep = Build(GapModels.Hafnia(weight: 1e7));
        start = Cells.Fluorite(5.1, 2, shake: 0.05);
        Assert.Contains("a pair of particles exerts", Assert.Throws<ForceException>(() => SinglePoint.Evaluate(start, steep, Workers.Single)).Message);
        Assert.Matches(@"at the place of particle \d+ \((Hf|O)\), or so near that they exert 1E\+05 eV/Angstrom or more; expected less", Refused(start, steep));

        string Refused(Configuration frame, PotentialModel model)
        {
            using var dynamics = new DeviceDynamics(device, ParticleSystem.FromConfiguration(frame, UnitSystem.Metal), model, mayTilt: false, 1, true, Workers.Single);
            return Assert.Throws<ForceException>(() => dynamics.Start(allowOverlap: false)).Message;
        }
    }

    /// <summary>What a minimisation has taken apart, the device moves on.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ARunMayStartWithAMinimisationOfParticlesThatOverlap(string kind)
    {
        var device = TestDevices.Get(kind);
        var start = Cells.Fluorite(5.1, 2);
        // An oxygen, 1.5 from a hafnium.
        start.Positions[3 * 4] = start.Positions[3 * 4 + 1] = start.Positions[3 * 4 + 2] = 1.5 / Math.Sqrt(3);
        var alike = PotentialFile.Parse(
            Cells.HafniaJson(0, 0, """{ "type": "lennardJones", "cutoff": 4, "pairs": { "Hf-Hf": { "epsilon": 0.1, "sigma": 3 }, "O-O": { "epsilon": 0.1, "sigma": 2.2 } } }"""),
            "test.json");
        var gap = PotentialFile.Of(GapModels.Hafnia(0.001));
        var file = gap with { Terms = [.. gap.Terms, .. alike.Terms], MinimumDistance = 1.8 };
        Assert.Contains("two particles are 1.5 Angstrom apart", Assert.Throws<ForceException>(() => Run("")).Message);
        Run("""{ "name": "apart", "minimise": { "maximumForce": 0.5, "maximumSteps": 200 } },""");

        void Run(string before)
        {
            var input = RunInput.Read(
                $$"""
                { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [2, 2, 2] } },
                  "potential": null, "timeStep": 0.001, "stages": [ {{before}} { "name": "a", "steps": 20 } ], "output": { "thermo": { "every": 10 } } }
                """,
                "test.json").Resolve();
            using var simulation = new Simulation(input, start, PotentialModel.Build(file, Cells.HafniumOxygen, UnitSystem.Metal), Workers.Single, device);
            Assert.True(simulation.Run(new Nobody(), CancellationToken.None));
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
        Assert.Contains("minimumDistance 2.3", Assert.Throws<ForceException>(() => dynamics.Start(allowOverlap: false)).Message);
    }

    private static void Compare(Device device, Configuration start, PotentialModel model)
    {
        using var dynamics = new DeviceDynamics(
            device, ParticleSystem.FromConfiguration(start, UnitSystem.Metal), model, mayTilt: false, 1, true, Workers.Single);
        var sums = dynamics.Start(allowOverlap: true);
        dynamics.Synchronise();
        Compare(start, model, sums, dynamics.System.ToConfiguration().Forces!);
    }

    private static void Compare(Configuration at, PotentialModel model, ForceSums sums, double[] forces)
    {
        var expected = SinglePoint.Evaluate(at, model, Workers.Single);
        // All is computed in double, and handed on as floats, which are off by 6e-8 at most.
        DeviceDynamicsTests.AssertForces(expected.Forces, forces, 6e-8);
        // Positions are rounded to 2^-32 of the cell, 2e-9 Å; its energies and virials change by that much of the virial, a few angstroms' worth of the forces.
        var virial = Math.Abs(expected.Virial.Trace) + at.Count;
        Assert.Equal(expected.Energy, sums.Energy, 1e-9 * virial);
        Cells.Near(expected.Virial, sums.Virial, 1e-7);
    }

    private static PotentialModel Build(GapModel model) => PotentialModel.Build(PotentialFile.Of(model), Cells.HafniumOxygen, UnitSystem.Metal);

    /// <summary>Watches nothing.</summary>
    private sealed class Nobody : ISimulationObserver
    {
    }
}
