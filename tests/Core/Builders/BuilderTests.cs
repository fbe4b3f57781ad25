using Engine.Core.Builders;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Tests.Core.Particles;
using Xunit;

namespace Engine.Tests.Core.Builders;

public class BuilderTests
{
    private static CrystalInput Crystal(CrystalStructure structure, int cells = 3) => new()
    {
        Structure = structure,
        Species = structure is CrystalStructure.Fluorite or CrystalStructure.Rocksalt ? ["Hf", "O"] : ["Si"],
        LatticeConstant = 4,
        Cells = [cells, cells, cells],
    };

    /// <summary>Nearest neighbours of the first and the last site of the cell, in units of the edge: textbook values.</summary>
    [Theory]
    [InlineData(CrystalStructure.Sc, 1, 1.0, 6)]
    [InlineData(CrystalStructure.Bcc, 2, 0.8660254037844386, 8)]
    [InlineData(CrystalStructure.Fcc, 4, 0.7071067811865476, 12)]
    [InlineData(CrystalStructure.Diamond, 8, 0.4330127018922193, 4)]
    [InlineData(CrystalStructure.Fluorite, 12, 0.4330127018922193, 8)]
    [InlineData(CrystalStructure.Rocksalt, 8, 0.5, 6)]
    public void NearestNeighboursOfCrystals(CrystalStructure structure, int perCell, double distance, int neighbours)
    {
        var crystal = CrystalBuilder.Build(Crystal(structure), UnitSystem.Metal);
        Assert.Equal(27 * perCell, crystal.Count);
        var distances = DistancesFrom(crystal, 0);
        // Roundings of a coordinate near 10.
        Assert.Equal(4 * distance, distances[0], 1e-13);
        Assert.Equal(neighbours, distances.Count(d => d < 4 * distance + 1e-9));
    }

    [Fact]
    public void FluoriteHasFourCationsRoundEachAnion()
    {
        var crystal = CrystalBuilder.Build(Crystal(CrystalStructure.Fluorite), UnitSystem.Metal);
        Assert.Equal(["Hf", "O"], crystal.SpeciesTable.Select(species => species.Name));
        Assert.Equal(108, crystal.Species.Count(kind => kind == 0));
        Assert.Equal(216, crystal.Species.Count(kind => kind == 1));
        var anion = Array.IndexOf(crystal.Species, 1);
        Assert.Equal(4, DistancesFrom(crystal, anion).Count(d => d < Math.Sqrt(3) + 1e-9));
        Assert.Equal(178.49, crystal.SpeciesTable[0].Mass);
    }

    [Fact]
    public void DensitySetsTheEdge()
    {
        var lj = CrystalBuilder.Build(Crystal(CrystalStructure.Fcc) with { LatticeConstant = null, Density = 0.8442 }, UnitSystem.LennardJones);
        Assert.Equal(0.8442, lj.Count / lj.Box.Volume, 1e-14);
        // The lattice constant and density of the demonstration model at 0 K: 5.095106 Å, 10.57004 g/cm³, seven digits each:
        // half a unit of the density's last digit is 8e-7 Å, half of the constant's 5e-7 Å.
        var hfo2 = CrystalBuilder.Build(
            Crystal(CrystalStructure.Fluorite) with { LatticeConstant = null, Density = 10.57004 }, UnitSystem.Metal);
        Assert.Equal(5.095106, hfo2.Box.LengthX / 3, 1.3e-6);
        Assert.Contains("mass of Xx is unknown", Assert.Throws<InputException>(() => CrystalBuilder.Build(
            Crystal(CrystalStructure.Sc) with { LatticeConstant = null, Density = 1, Species = ["Xx"] }, UnitSystem.Metal)).Message);
    }

    [Fact]
    public void RandomPlacementKeepsItsDistance()
    {
        var input = new RandomPlacementInput { Counts = new() { ["A"] = 300, ["B"] = 200 }, Box = [8, 9, 10], MinimumDistance = 0.8 };
        var placed = RandomPlacement.Build(input, UnitSystem.LennardJones, 3);
        Assert.Equal(500, placed.Count);
        Assert.Equal(200, placed.Species.Count(kind => kind == 1));
        for (var i = 0; i < placed.Count; i++)
        {
            Assert.True(DistancesFrom(placed, i)[0] >= 0.8);
        }
        Assert.Equal(placed.Positions, RandomPlacement.Build(input, UnitSystem.LennardJones, 3).Positions);
        Assert.NotEqual(placed.Positions, RandomPlacement.Build(input, UnitSystem.LennardJones, 4).Positions);
        Assert.Contains("found a place", Assert.Throws<InputException>(
            () => RandomPlacement.Build(input with { MinimumDistance = 3 }, UnitSystem.LennardJones, 3)).Message);
    }

    [Fact]
    public void RandomPositionsAreUniform()
    {
        var placed = RandomPlacement.Build(
            new RandomPlacementInput { Counts = new() { ["A"] = 10000 }, Density = 0.1 }, UnitSystem.LennardJones, 1);
        var edge = placed.Box.LengthX;
        Assert.Equal(0.1, placed.Count / placed.Box.Volume, 1e-14);
        // Four standard errors of the mean of 30000 uniform numbers, variance 1/12.
        Assert.Equal(0.5, placed.Positions.Average() / edge, 4 / Math.Sqrt(12 * 30000.0));
        var octants = new int[8];
        for (var i = 0; i < placed.Count; i++)
        {
            var r = placed.Position(i);
            octants[(r.X < edge / 2 ? 0 : 1) + (r.Y < edge / 2 ? 0 : 2) + (r.Z < edge / 2 ? 0 : 4)]++;
        }
        // Four standard deviations of a binomial count, n = 10000, p = 1/8.
        Assert.All(octants, count => Assert.InRange(count, 1250 - 133, 1250 + 133));
    }

    [Fact]
    public void SupercellContinuesTheLattice()
    {
        var cell = CrystalBuilder.Build(Crystal(CrystalStructure.Fcc, 1), UnitSystem.Metal);
        cell.Energy = -2;
        cell.Box = cell.Box with { TiltXY = 2 };
        var super = Supercell.Build(cell, 3, 4, 3);
        Assert.Equal(4 * 36, super.Count);
        Assert.Equal(-72, super.Energy);
        Assert.Equal(8, super.Box.TiltXY);
        for (var i = 0; i < super.Count; i++)
        {
            Assert.Equal(DistancesFrom(super, 0)[0], DistancesFrom(super, i)[0], 1e-12);
        }
        cell.Box = cell.Box with { PeriodicZ = false };
        Assert.Contains("open axis", Assert.Throws<InputException>(() => Supercell.Build(cell, 1, 1, 2)).Message);
    }

    [Fact]
    public void RotationKeepsLengthsAndAngles()
    {
        Vector3d a = new(1, 2, 3), b = new(-2, 1, 0.5), c = new(0.3, -1, 4);
        var box = CellForm.LowerTriangular(a, b, c, out var rotation)!.Value;
        // Rounding of numbers of order ten.
        Assert.Equal(Vector3d.Dot(a, b), Vector3d.Dot(box.A, box.B), 1e-13);
        Assert.Equal(Vector3d.Dot(b, c), Vector3d.Dot(box.B, box.C), 1e-13);
        Assert.Equal(c.LengthSquared, box.C.LengthSquared, 1e-13);
        Assert.Equal(0, (CellForm.Rotate(rotation!, c) - box.C).Length, 1e-14);
        var w = CellForm.Rotate(rotation!, SymmetricTensor.Outer(a, c));
        var expected = SymmetricTensor.Outer(box.A, box.C);
        Assert.Equal(0, Math.Abs(w.XZ - expected.XZ) + Math.Abs(w.YY - expected.YY) + Math.Abs(w.XY - expected.XY), 1e-13);
        Assert.True(CellForm.LowerTriangular(a, b, -c, out _)!.Value.Volume > 0);
        Assert.Null(CellForm.LowerTriangular(a, b, a + b, out _));
        Assert.Null(CellForm.LowerTriangular(a, b, new Vector3d(double.NaN, 0, 0), out _));
    }

    [Fact]
    public void ReductionKeepsTheLattice()
    {
        var configuration = new Configuration
        {
            Box = new Box(3, 4, 5, 7.5, -8, 9),
            SpeciesTable = [new Species("A", 1)],
            Species = [0],
            Positions = [1, 2, 3],
            Images = [2, -3, 4],
        };
        var reduced = CellForm.Reduce(configuration);
        var box = reduced.Box;
        Assert.True(Math.Abs(box.TiltXY) <= 1.5 && Math.Abs(box.TiltXZ) <= 1.5 && Math.Abs(box.TiltYZ) <= 2);
        Assert.Equal(configuration.UnwrappedPosition(0), reduced.UnwrappedPosition(0));
        Assert.Same(reduced, CellForm.Reduce(reduced));
    }

    private static double[] DistancesFrom(Configuration configuration, int i) =>
        [.. Enumerable.Range(0, configuration.Count).Where(j => j != i)
            .Select(j => configuration.Box.MinimumImage(configuration.Position(j) - configuration.Position(i)).Length).Order()];
}
