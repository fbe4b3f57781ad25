using Engine.Core.Observables;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Observables;

public class CellShapeTests
{
    /// <summary>4 Hf and 8 O in 125 Å³, by the constants of the unit system; the same number as the thermodynamic table.</summary>
    [Theory]
    [InlineData("codata2022")]
    [InlineData("lammps-metal")]
    public void DensityIsThatOfTheUnitSystem(string constants)
    {
        var units = UnitSystem.Named("metal", constants);
        var density = Density(units, Samples.Fluorite(1, 5), out var unit);
        // One multiplication in another order.
        Assert.Equal(units.DensityPerMassVolume * (4 * 178.49 + 8 * 15.999) / 125, density, 1e-13);
        Assert.Equal("g/cm³", unit);
    }

    [Fact]
    public void DensityCountsParticlesInReducedUnits()
    {
        var frame = Samples.Frame(Box.Cubic(2), [0, 0, 0, 1, 1, 1], table: [new("A", 7)]);
        Assert.Equal(0.25, Density(UnitSystem.LennardJones, frame, out var unit));
        Assert.Equal("1/sigma³", unit);
    }

    [Fact]
    public void DensityCountsParticlesWhereMassesAreUnknown()
    {
        var frame = Samples.Frame(Box.Cubic(2), [0, 0, 0, 1, 1, 1], table: [new("A", 0)]);
        Assert.Equal(0.25, Density(UnitSystem.Metal, frame, out var unit));
        Assert.Equal("1/Angstrom³", unit);
    }

    private static double Density(UnitSystem units, Engine.Core.Particles.Configuration frame, out string unit)
    {
        var shape = new CellShape(units);
        shape.Add(frame, Workers.Single);
        var scalar = shape.Result(Workers.Single).Scalars.First(s => s.Name.EndsWith("density", StringComparison.Ordinal));
        unit = scalar.Unit;
        return scalar.Value;
    }
}
