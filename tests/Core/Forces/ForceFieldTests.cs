using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Forces;

/// <summary>The cluster list and its kernels against the plain double sum over all pairs and images.</summary>
public class ForceFieldTests
{
    private const string TwoSpecies = """
        { "name": "test", "units": "lj", "species": { "A": { "mass": 1, "charge": 1 }, "B": { "mass": 2, "charge": -1 } },
          "terms": [
            { "type": "lennardJones", "cutoff": 2.2, "shift": "force", "pairs": {
              "A-A": { "epsilon": 1, "sigma": 1 }, "A-B": { "epsilon": 0.7, "sigma": 0.9 }, "B-B": { "epsilon": 0.5, "sigma": 0.8 } } },
            { "type": "coulombDsf", "alpha": 1.0, "cutoff": 2.6 } ] }
        """;

    public static TheoryData<string, int> Cases()
    {
        var data = new TheoryData<string, int>();
        foreach (var (name, (_, count)) in Boxes)
        {
            data.Add(name, count);
        }
        return data;
    }

    private static readonly Dictionary<string, (Box Box, int Count)> Boxes = new()
    {
        ["cubic"] = (Box.Cubic(9), 500),
        ["smaller than twice the cutoff"] = (Box.Cubic(3.1), 20),
        ["smaller than the cutoff"] = (Box.Cubic(2.0), 6),
        ["one particle and its images"] = (Box.Cubic(1.3), 1),
        ["flat"] = (new Box(20, 2.1, 9), 280),
        ["triclinic"] = (new Box(9, 8, 10, 3.5, -2.5, 3), 500),
        ["strongly tilted and small"] = (new Box(3, 2.5, 4, 1.4, -1.4, 1.2), 22),
        ["open along z"] = (new Box(8, 7, 6, PeriodicZ: false), 250),
        ["open triclinic"] = (new Box(8, 7, 6, 2, 1, 1, new(1, 2, 3), PeriodicX: false, PeriodicY: true, PeriodicZ: false), 250),
        ["a cluster in open space"] = (new Box(6, 6, 6, PeriodicX: false, PeriodicY: false, PeriodicZ: false), 160),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForcesEnergyAndVirialEqualThePlainSum(string name, int count)
    {
        var box = Boxes[name].Box;
        var configuration = RandomConfiguration(box, count, seed: name.Length);
        var model = Model(TwoSpecies, configuration);
        var expected = PairOracle.Evaluate(configuration, model);
        var rms = Rms(expected.Forces);

        // Rounding of a few thousand terms in double; floats keep 6e-8 relative in positions and terms, and the sums of up to a hundred
        // neighbours of alternating sign lose one or two digits more.
        Compare(configuration, model, single: false, expected, forceTolerance: 1e-11 * Math.Max(1, rms), sumTolerance: 1e-11);
        Compare(configuration, model, single: true, expected, forceTolerance: 1e-4 * Math.Max(1, rms), sumTolerance: 2e-5);
    }

    [Fact]
    public void ResultIsTheSameToTheBitForAnyNumberOfThreads()
    {
        var configuration = RandomConfiguration(Box.Cubic(12), 1200, seed: 5);
        var model = Model(TwoSpecies, configuration);
        var results = new[] { 1, 2, 4 }.Select(threads =>
        {
            using var workers = new Workers(threads);
            var system = ParticleSystem.FromConfiguration(configuration, UnitSystem.LennardJones);
            using var field = new ForceField(model, true, workers, system);
            field.Prepare(system);
            var sums = field.Compute(system, energy: true);
            return (sums, system.ToConfiguration().Forces!);
        }).ToArray();
        foreach (var (sums, forces) in results.Skip(1))
        {
            Assert.Equal(results[0].sums, sums);
            Assert.Equal(results[0].Item2, forces);
        }
    }

    /// <summary>Particles that wander between rebuilds: the list must hold every pair within the cutoff at all times, also while the box shrinks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ListStaysCompleteWhileParticlesAndBoxMove(bool boxMoves)
    {
        var configuration = RandomConfiguration(new Box(8, 9, 7, 1, 0.5, -1), 400, seed: 11);
        var model = Model(TwoSpecies, configuration);
        var system = ParticleSystem.FromConfiguration(configuration, UnitSystem.LennardJones);
        using var field = new ForceField(model, false, Workers.Single, system);
        var random = new Random(3);
        for (var step = 0; step < 60; step++)
        {
            if (boxMoves)
            {
                var map = AffineMap.Between(system.Box, system.Box with { LengthX = system.Box.LengthX * 0.998, LengthZ = system.Box.LengthZ * 1.001, TiltXY = system.Box.TiltXY + 0.01 });
                for (var s = 0; s < system.SlotCount; s++)
                {
                    var r = map.Apply(new Vector3d(system.X[s], system.Y[s], system.Z[s]));
                    (system.X[s], system.Y[s], system.Z[s]) = (r.X, r.Y, r.Z);
                }
                system.Box = system.Box with { LengthX = system.Box.LengthX * 0.998, LengthZ = system.Box.LengthZ * 1.001, TiltXY = system.Box.TiltXY + 0.01 };
                field.BoxChanged(system, newLattice: false);
            }
            for (var s = 0; s < system.SlotCount; s++)
            {
                if (system.Id[s] >= 0)
                {
                    system.X[s] += 0.12 * (random.NextDouble() - 0.5);
                    system.Y[s] += 0.12 * (random.NextDouble() - 0.5);
                    system.Z[s] += 0.12 * (random.NextDouble() - 0.5);
                }
            }
            field.Prepare(system);
            var sums = field.Compute(system, energy: true);
            if (step % 6 == 5)
            {
                var expected = PairOracle.Evaluate(system.ToConfiguration(), model);
                // Random walks push particles into each other: energies reach 1e10, so only the relative error means something.
                Assert.Equal(1, sums.Energy / expected.Energy, 1e-10);
            }
        }
        Assert.InRange(field.Rebuilds, 3, 60);
    }

    private static void Compare(
        Configuration configuration, PotentialModel model, bool single, PairOracle.Result expected, double forceTolerance, double sumTolerance)
    {
        using var workers = new Workers(2);
        var system = ParticleSystem.FromConfiguration(configuration, UnitSystem.LennardJones);
        using var field = new ForceField(model, single, workers, system);
        field.Prepare(system);
        var sums = field.Compute(system, energy: true);
        var forces = system.ToConfiguration().Forces!;
        for (var k = 0; k < forces.Length; k++)
        {
            Assert.Equal(expected.Forces[k], forces[k], forceTolerance);
        }
        var scale = Math.Max(1, Math.Abs(expected.Energy) + configuration.Count);
        Assert.Equal(expected.Energy, sums.Energy, sumTolerance * scale);
        var virialScale = Math.Max(1, Math.Abs(expected.Virial.XX) + Math.Abs(expected.Virial.YY) + Math.Abs(expected.Virial.ZZ) + configuration.Count);
        Assert.Equal(expected.Virial.XX, sums.Virial.XX, sumTolerance * virialScale);
        Assert.Equal(expected.Virial.YY, sums.Virial.YY, sumTolerance * virialScale);
        Assert.Equal(expected.Virial.ZZ, sums.Virial.ZZ, sumTolerance * virialScale);
        Assert.Equal(expected.Virial.XY, sums.Virial.XY, sumTolerance * virialScale);
        Assert.Equal(expected.Virial.XZ, sums.Virial.XZ, sumTolerance * virialScale);
        Assert.Equal(expected.Virial.YZ, sums.Virial.YZ, sumTolerance * virialScale);
    }

    private static PotentialModel Model(string json, Configuration configuration) =>
        PotentialModel.Build(PotentialFile.Parse(json, "test"), configuration.SpeciesTable, UnitSystem.LennardJones);

    private static double Rms(double[] values) => Math.Sqrt(values.Sum(v => v * v) / values.Length);

    /// <summary>Two species at random, no two nearer than 0.75 where there is room.</summary>
    internal static Configuration RandomConfiguration(Box box, int count, int seed)
    {
        var random = new Random(seed);
        var points = new List<Vector3d>();
        for (var attempt = 0; points.Count < count; attempt++)
        {
            var candidate = box.ToCartesian(new(random.NextDouble(), random.NextDouble(), random.NextDouble()));
            var limit = attempt < 5_000 ? 0.75 : 0.5;
            if (points.All(p => box.MinimumImage(p - candidate).Length > limit))
            {
                points.Add(candidate);
            }
        }
        return new()
        {
            Box = box,
            SpeciesTable = [new("A", 1), new("B", 2)],
            Species = [.. points.Select((_, i) => i % 3 == 0 ? 0 : 1)],
            Positions = [.. points.SelectMany(p => new[] { p.X, p.Y, p.Z })],
        };
    }
}
