using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Forces;

/// <summary>Pair forces in registers of 256 and 512 bits, in both precisions, for short and long formulas, against the plain double sum.</summary>
public class RegisterWidthTests
{
    private const string Short = """
        { "name": "short", "units": "lj", "species": { "A": { "mass": 1 }, "B": { "mass": 1 } },
          "terms": [ { "type": "lennardJones", "cutoff": 2.3, "shift": "none", "pairs": {
            "A-A": { "epsilon": 1, "sigma": 1 }, "A-B": { "epsilon": 0.7, "sigma": 0.9 }, "B-B": { "epsilon": 0.5, "sigma": 0.8 } } } ] }
        """;

    private const string Long = """
        { "name": "long", "units": "lj", "species": { "A": { "mass": 1, "charge": 1 }, "B": { "mass": 1, "charge": -1 } },
          "terms": [ { "type": "coulombDsf", "alpha": 1.0, "cutoff": 2.6 } ] }
        """;

    [SkippableTheory]
    [InlineData(Short, true, false)]
    [InlineData(Short, true, true)]
    [InlineData(Short, false, false)]
    [InlineData(Short, false, true)]
    [InlineData(Long, true, false)]
    [InlineData(Long, true, true)]
    [InlineData(Long, false, false)]
    [InlineData(Long, false, true)]
    public void ForcesEnergyAndVirialEqualThePlainSum(string potential, bool single, bool wide)
    {
        Skip.If(wide && !Vector16.IsHardwareAccelerated, "this processor has no AVX-512");
        // A crowded box, one smaller than twice the cutoff, a tilted one, one with an open axis.
        foreach (var (box, count) in new[]
        {
            (Box.Cubic(9), 500), (Box.Cubic(3.1), 21), (new Box(9, 8, 10, 3.5, -2.5, 3), 500), (new Box(8, 7, 6, PeriodicZ: false), 250),
        })
        {
            var configuration = ForceFieldTests.RandomConfiguration(box, count, seed: count);
            var model = PotentialModel.Build(PotentialFile.Parse(potential, "test"), configuration.SpeciesTable, UnitSystem.LennardJones);
            var expected = PairOracle.Evaluate(configuration, model);
            var system = ParticleSystem.FromConfiguration(configuration, UnitSystem.LennardJones);
            var list = new ClusterList();
            list.Sort(
                system.X, system.Y, system.Z, system.Id, system.ClusterSpecies, system.SlotCount, system.Count, 2, system.Box, Workers.Single);
            system.Reorder(list.Source, list.ClusterSpecies, Workers.Single);
            list.Build(system.X, system.Y, system.Z, system.Id, system.Box, 1.2 * model.MaximumCutoff, Workers.Single);
            var potentials = new object?[2, 2];
            for (var k = 0; k < 4; k++)
            {
                potentials[k / 2, k % 2] = model.Pair(k / 2, k % 2);
            }
            using var pairs = PairForces.Create(potentials, single, wide, Workers.Single);
            pairs.Update(list, system.X, system.Y, system.Z, system.Box);
            pairs.Prune(list, system.Box, 1.05 * model.MaximumCutoff);

            // Rounding of some thousand terms, in double and, with the digits that alternating sums lose, in float.
            var tolerance = single ? 1e-4 : 1e-11;
            var rms = Math.Sqrt(expected.Forces.Sum(v => v * v) / expected.Forces.Length);
            foreach (var energy in new[] { false, true })
            {
                var sums = pairs.Compute(list, system.X, system.Y, system.Z, system.FX, system.FY, system.FZ, system.Box, energy);
                var forces = system.ToConfiguration().Forces!;
                for (var k = 0; k < forces.Length; k++)
                {
                    Assert.Equal(expected.Forces[k], forces[k], tolerance * Math.Max(1, rms));
                }
                var virial = sums.Virial - expected.Virial;
                var scale = tolerance * (count + Math.Abs(expected.Virial.Trace));
                Assert.True(
                    Math.Max(Math.Abs(virial.XX), Math.Max(Math.Abs(virial.YY), Math.Abs(virial.ZZ))) < scale
                    && Math.Max(Math.Abs(virial.XY), Math.Max(Math.Abs(virial.XZ), Math.Abs(virial.YZ))) < scale,
                    $"virial {sums.Virial}, expected {expected.Virial}");
                if (energy)
                {
                    Assert.Equal(expected.Energy - model.ConstantEnergy(Counts(configuration)), sums.Energy, tolerance * (count + Math.Abs(expected.Energy)));
                }
            }
        }
    }

    private static int[] Counts(Configuration configuration) =>
        [configuration.Species.Count(s => s == 0), configuration.Species.Count(s => s == 1)];
}
