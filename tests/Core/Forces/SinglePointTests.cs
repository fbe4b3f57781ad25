using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Forces;

/// <summary>What the program reports of one structure against the plain sum over all pairs, images and wave vectors.</summary>
public class SinglePointTests
{
    [Theory]
    [InlineData("hfo2-teter-fit", 2)]
    [InlineData("hfo2-formal", 1)]
    public void EveryPartEqualsThePlainSum(string potential, int cells)
    {
        var frame = Cells.Fluorite(5.1, cells, shake: 0.1);
        Compare(frame, Cells.Example(potential, Cells.HafniumOxygen));
    }

    [Fact]
    public void ASkewedCellIsTheSameCrystal()
    {
        var frame = Cells.Fluorite(5.1, 1, shake: 0.1);
        var box = frame.Box;
        // b and b + 2a span the same lattice.
        frame.Box = new Box(box.LengthX, box.LengthY, box.LengthZ, 2 * box.LengthX, 0, 0);
        Compare(frame, Cells.Example("hfo2-teter-fit", Cells.HafniumOxygen));
    }

    [Fact]
    public void TailCorrectionsAreAPartOfTheirOwn()
    {
        const string json = """
            { "name": "t", "units": "lj", "species": { "A": { "mass": 1 } },
              "terms": [ { "type": "lennardJones", "cutoff": 2.5, "tailCorrections": true, "pairs": { "A-A": { "epsilon": 1, "sigma": 1 } } } ] }
            """;
        var fluorite = Cells.Fluorite(2.6, 2, shake: 0.05);
        var frame = new Configuration
        {
            Box = fluorite.Box,
            SpeciesTable = [new("A", 0)],
            Species = new int[fluorite.Count],
            Positions = fluorite.Positions,
        };
        var model = Cells.Model(json, [.. frame.SpeciesTable], Engine.Core.Units.UnitSystem.LennardJones);
        Assert.NotEqual(0, SinglePoint.Evaluate(frame, model, Workers.Single).TailEnergy);
        Compare(frame, model);
    }

    private static void Compare(Configuration frame, PotentialModel model)
    {
        var expected = PairOracle.Evaluate(frame, model);
        using var workers = new Workers(2);
        var found = SinglePoint.Evaluate(frame, model, workers);
        // Both are sums of some 1e5 terms in double, in different orders.
        Cells.Near(expected.Energy, found.Energy, 1e-10);
        Cells.Near(expected.PairEnergy, found.PairEnergy, 1e-10);
        Cells.Near(expected.ReciprocalEnergy, found.TermEnergies.Sum(term => term.Value), 1e-10, 1e-10);
        Cells.Near(expected.ConstantEnergy, found.ConstantEnergy, 1e-14);
        Cells.Near(expected.TailEnergy, found.TailEnergy, 1e-14);
        var scale = expected.Forces.Max(Math.Abs);
        for (var i = 0; i < expected.Forces.Length; i++)
        {
            Assert.Equal(expected.Forces[i], found.Forces[i], 1e-10 * scale);
        }
        var (a, b) = (Cells.Components(expected.Virial), Cells.Components(found.Virial));
        for (var i = 0; i < a.Length; i++)
        {
            Assert.Equal(a[i], b[i], 1e-10 * a.Max(Math.Abs));
        }
    }
}
