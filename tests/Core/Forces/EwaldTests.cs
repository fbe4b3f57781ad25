using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Forces;

public class EwaldTests
{
    private static readonly UnitSystem Plain = UnitSystem.Metal with { Coulomb = 1 };

    /// <summary>Madelung constants per formula unit with respect to d; 11 digits as tabulated.</summary>
    [Fact]
    public void MadelungConstantOfFluorite()
    {
        const double a = 4;
        var energy = PairOracle.Evaluate(Cells.Fluorite(a), Ewald(2, -1, 8, 1e-13)).Energy / 4;
        // The sums are converged to 1e-13 of the force unit; the constants are given to 1e-10.
        Cells.Near(-5.0387848798, energy * a * Math.Sqrt(3) / 4, 1e-10);
        Cells.Near(-11.6365752271, energy * a, 1e-10);
        Cells.Near(4 * -11.6365752271, PairOracle.Evaluate(Cells.Fluorite(a), Ewald(4, -2, 8, 1e-13)).Energy / 4 * a, 1e-10);
    }

    [Fact]
    public void MadelungConstantOfRockSalt()
    {
        var positions = new List<double>();
        var species = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            int x = i & 1, y = i >> 1 & 1, z = i >> 2;
            positions.AddRange([x, y, z]);
            species.Add((x + y + z) % 2);
        }
        var salt = new Configuration
        {
            Box = Box.Cubic(2),
            SpeciesTable = Cells.HafniumOxygen,
            Species = [.. species],
            Positions = [.. positions],
        };
        Cells.Near(-1.7475645946, PairOracle.Evaluate(salt, Ewald(1, -1, 5, 1e-13)).Energy / 4, 1e-10);
    }

    [Fact]
    public void EnergyAndForcesDoNotDependOnTheSplitting()
    {
        var cell = Cells.Strained(Cells.Fluorite(5.1, 1, 0.2), 0.01, -0.02, 0.03, 0.1, -0.07, 0.05);
        var first = PairOracle.Evaluate(cell, Ewald(4, -2, 6, 1e-14));
        foreach (var cutoff in (double[])[8, 11])
        {
            var second = PairOracle.Evaluate(cell, Ewald(4, -2, cutoff, 1e-14));
            Cells.Near(first.Energy, second.Energy, 1e-10);
            Cells.Near(first.Virial, second.Virial, 1e-9);
            for (var i = 0; i < first.Forces.Length; i++)
            {
                Assert.Equal(first.Forces[i], second.Forces[i], 1e-9);
            }
        }
    }

    public static readonly TheoryData<int, bool> Shapes = new() { { 1, false }, { 1, true }, { 2, false }, { 2, true }, { 3, true } };

    /// <summary>The vectorised sum against the plain one: same vectors, so only rounding differs (recurrences of some tens of steps).</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void ReciprocalSumMatchesTheOracle(int n, bool tilted)
    {
        var cell = Cells.Fluorite(5.1, n, 0.2);
        if (tilted)
        {
            cell = Cells.Strained(cell, 0.01, -0.02, 0.03, 0.4, -0.35, 0.3);
        }
        var model = Ewald(4, -2, 8, n == 3 ? 1e-4 : 1e-8);
        var (energy, virial, forces) = Reciprocal(cell, model, Workers.Single);
        var expected = OracleReciprocal(cell, model);
        Cells.Near(expected.Energy, energy, 1e-12);
        Cells.Near(expected.Virial, virial, 1e-12);
        for (var i = 0; i < forces.Length; i++)
        {
            Assert.Equal(expected.Forces[i], forces[i], 1e-11);
        }
    }

    [Fact]
    public void BitsDoNotDependOnTheNumberOfThreads()
    {
        var cell = Cells.Strained(Cells.Fluorite(5.1, 3, 0.2), 0, 0, 0, 0.1, 0.1, 0.1);
        var one = Reciprocal(cell, Ewald(4, -2, 8, 1e-6), Workers.Single);
        foreach (var threads in (int[])[2, 3])
        {
            using var team = new Workers(threads);
            var many = Reciprocal(cell, Ewald(4, -2, 8, 1e-6), team);
            Assert.Equal(one.Energy, many.Energy);
            Assert.Equal(one.Virial, many.Virial);
            Assert.Equal(one.Forces, many.Forces);
        }
    }

    [Fact]
    public void FollowsTheBox()
    {
        var model = Ewald(4, -2, 8, 1e-8);
        var small = Cells.Fluorite(5.1, 1, 0.2);
        var large = Cells.Strained(small, 0.1, 0.1, 0.1, 0, 0, 0);
        Reciprocal(small, model, Workers.Single);
        var reused = Reciprocal(large, model, Workers.Single);
        var fresh = Reciprocal(large, Ewald(4, -2, 8, 1e-8), Workers.Single);
        Assert.Equal(fresh.Energy, reused.Energy);
        Assert.Equal(fresh.Forces, reused.Forces);
    }

    [Fact]
    public void ForcesAreTheGradientOfTheEnergy()
    {
        var model = Ewald(4, -2, 8, 1e-10);
        var cell = Cells.Strained(Cells.Fluorite(5.1, 1, 0.2), 0, 0, 0, 0.2, 0.1, -0.1);
        var forces = PairOracle.Evaluate(cell, model).Forces;
        for (var c = 0; c < 36; c += 5)
        {
            double Energy(double h)
            {
                cell.Positions[c] += h;
                var energy = PairOracle.Evaluate(cell, model).Energy;
                cell.Positions[c] -= h;
                return energy;
            }
            const double h = 1e-4;
            // h² U‴/6 is about 1e-7 eV/Å at third derivatives of tens of eV/Å³.
            Assert.Equal(-(Energy(h) - Energy(-h)) / (2 * h), forces[c], 2e-6);
        }
    }

    [Fact]
    public void BackgroundNeutralisesANetCharge()
    {
        var charged = Ewald(4, -1, 6, 1e-13, "background");
        var cell = Cells.Fluorite(5.1, 1, 0.2);
        var expected = PairOracle.Evaluate(cell, charged);
        // Only the complete expression is independent of the splitting.
        var other = PairOracle.Evaluate(cell, Ewald(4, -1, 9, 1e-13, "background"));
        Cells.Near(expected.Energy, other.Energy, 1e-9);
        Cells.Near(expected.Virial, other.Virial, 1e-8);
        // One charge alone, of the simple cubic lattice in its background: −2.837297479480620 q²/(2L) (Wigner lattice).
        var alone = new Configuration { Box = Box.Cubic(5), SpeciesTable = Cells.HafniumOxygen, Species = [0], Positions = [1, 2, 3] };
        Cells.Near(-2.8372974794806 * 16 / 10, PairOracle.Evaluate(alone, charged).Energy, 1e-10);
    }

    [Fact]
    public void RefusesANetChargeAndAnOpenBox()
    {
        var cell = Cells.Fluorite(5.1);
        var charged = Assert.Throws<InputException>(() => Reciprocal(cell, Ewald(4, -1, 6, 1e-6), Workers.Single));
        Assert.Contains("net charge of 8", charged.Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Ewald(4, -1, 6, 1e-6).ConstantEnergy([4, 8]));
        cell.Box = cell.Box with { PeriodicZ = false };
        Assert.Throws<InputException>(() => Reciprocal(cell, Ewald(4, -2, 6, 1e-6), Workers.Single));
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-5)]
    [InlineData(1e-7)]
    public void ForceErrorIsOfTheOrderOfTheAccuracy(double accuracy)
    {
        var cell = Cells.Fluorite(5.1, 2, 0.2);
        var exact = PairOracle.Evaluate(cell, Ewald(4, -2, 8, 1e-12)).Forces;
        var found = PairOracle.Evaluate(cell, Ewald(4, -2, 8, accuracy)).Forces;
        var rms = Math.Sqrt(exact.Zip(found, (a, b) => (a - b) * (a - b)).Average());
        // Kolafa and Perram's estimate for these charges and this density is 0.6 to 4 times the accuracy; k = 1 here.
        Assert.InRange(rms, 0.01 * accuracy, 5 * accuracy);
    }

    private static PotentialModel Ewald(double first, double second, double cutoff, double accuracy, string neutralise = "none") => Cells.Model(
        Cells.HafniaJson(first, second, FormattableString.Invariant(
            $$"""{ "type": "ewald", "cutoff": {{cutoff}}, "accuracy": {{accuracy}}, "neutralise": "{{neutralise}}" }""")),
        units: Plain);

    /// <summary>The reciprocal part alone, forces by particle.</summary>
    internal static (double Energy, SymmetricTensor Virial, double[] Forces) Reciprocal(Configuration cell, PotentialModel model, Workers workers)
    {
        var system = Cells.Slots(cell);
        var sums = model.ForceTerms.Single().Add(system, workers, true, allowOverlap: false);
        var forces = new double[3 * cell.Count];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var id = system.Id[slot];
            if (id < 0)
            {
                Assert.Equal(0, system.FX[slot]);
                continue;
            }
            (forces[3 * id], forces[3 * id + 1], forces[3 * id + 2]) = (system.FX[slot], system.FY[slot], system.FZ[slot]);
        }
        return (sums.Energy, sums.Virial, forces);
    }

    /// <summary>The oracle's reciprocal part alone: what Ewald has beyond its real-space pairs.</summary>
    private static (double Energy, SymmetricTensor Virial, double[] Forces) OracleReciprocal(Configuration cell, PotentialModel model)
    {
        var all = PairOracle.Evaluate(cell, model);
        var pairs = PairOracle.EvaluatePairs(cell, model);
        return (all.ReciprocalEnergy, all.Virial - pairs.Virial, [.. all.Forces.Zip(pairs.Forces, (a, b) => a - b)]);
    }
}
