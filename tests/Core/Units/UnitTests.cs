using Engine.Core.Units;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.Core.Units;

public class UnitTests
{
    [Theory]
    [InlineData("1 fs", QuantityKind.Time, 0.001)]
    [InlineData("0.1 ps", QuantityKind.Time, 0.1)]
    [InlineData("2.5", QuantityKind.Time, 2.5)]
    [InlineData("1 ns", QuantityKind.Time, 1000)]
    [InlineData("0 bar", QuantityKind.Pressure, 0)]
    [InlineData("-1 GPa", QuantityKind.Pressure, -10000)]
    [InlineData("1 atm", QuantityKind.Pressure, 1.01325)]
    [InlineData("1e-2 eV/Angstrom", QuantityKind.Force, 0.01)]
    [InlineData("5e-7 1/bar", QuantityKind.Compressibility, 5e-7)]
    [InlineData("5e-7/bar", QuantityKind.Compressibility, 5e-7)]
    [InlineData("1 bar^-1", QuantityKind.Compressibility, 1)]
    [InlineData("9.0 g/cm^3", QuantityKind.Density, 9.0)]
    [InlineData("9000 kg m^-3", QuantityKind.Density, 9.0)]
    [InlineData("4 Angstrom^2", QuantityKind.Area, 4)]
    [InlineData("4 Å*Å", QuantityKind.Area, 4)]
    [InlineData("0.5 nm", QuantityKind.Length, 5)]
    [InlineData("1 e", QuantityKind.Charge, 1)]
    [InlineData("2e", QuantityKind.Charge, 2)]
    [InlineData("10 1/ps", QuantityKind.Frequency, 10)]
    [InlineData("10 THz", QuantityKind.Frequency, 10)]
    [InlineData("15 1/Angstrom", QuantityKind.WaveVector, 15)]
    public void PowersOfTenAreExact(string text, QuantityKind kind, double expected) =>
        Assert.Equal(expected, Quantity.Parse(text, kind, UnitSystem.Metal));

    // CODATA 2022; relative tolerance: a few roundings in double.
    [Theory]
    [InlineData("1 kcal/mol", QuantityKind.Energy, 0.0433641042417)]
    [InlineData("1 eV/Angstrom^3", QuantityKind.Pressure, 1602176.634)]
    [InlineData("1 hartree", QuantityKind.Energy, 27.211386245981)]
    [InlineData("1 kJ/mol/nm", QuantityKind.Force, 0.00103642696562)]
    public void MeasuredUnitsConvert(string text, QuantityKind kind, double expected) =>
        Assert.Equal(1, Quantity.Parse(text, kind, UnitSystem.Metal) / expected, 1e-11);

    [Theory]
    [InlineData("", "is not a quantity")]
    [InlineData("fast", "is not a quantity")]
    [InlineData("1e999 fs", "is not a quantity")]
    [InlineData("NaN fs", "is not a quantity")]
    [InlineData("1 K", "is a temperature, expected a time")]
    [InlineData("1 fs/", "ends with an operator")]
    [InlineData("1 fs^x", "bad power")]
    [InlineData("1 fs^99999999999", "bad power")]
    [InlineData("1 femtosecond", "unknown unit \"femtosecond\"")]
    [InlineData("1 Fs", "unknown unit \"Fs\"")]
    [InlineData("1e305 s", "too large")]
    public void WrongQuantitiesAreRefused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => Quantity.Parse(text, QuantityKind.Time, UnitSystem.Metal)).Message);

    /// <summary>The constants of each system against SI (CODATA 2022), through its own unit names; the tables hold 12 digits or more.</summary>
    [Theory]
    [InlineData("metal", 1e-11)]
    [InlineData("micro", 1e-9)]
    [InlineData("si", 1e-9)]
    public void ConstantsAgreeWithTheUnits(string name, double tolerance)
    {
        var system = UnitSystem.Named(name);
        double InSI(string unit) => Quantity.Parse("1 " + unit, SIUnitOf(unit), UnitSystem.SI);
        var energy = InSI(system.EnergyUnit);
        var length = InSI(system.LengthUnit);
        var time = InSI(system.TimeUnit);
        Assert.Equal(1, system.Boltzmann * energy / 1.380649e-23, tolerance);
        Assert.Equal(1, system.MassVelocitySquared * energy / (InSI(system.MassUnit) * length * length / time / time), tolerance);
        Assert.Equal(1, system.PressurePerEnergyDensity * InSI(system.PressureUnit) / (energy / length / length / length), tolerance);
        Assert.Equal(1, system.DensityPerMassVolume * InSI(system.DensityUnit) / (InSI(system.MassUnit) / length / length / length), tolerance);
        var charge = InSI(system.ChargeUnit);
        // 1/(4π ε₀), ε₀ = 8.8541878188e-12 F/m.
        Assert.Equal(1, system.Coulomb * energy * length / (charge * charge) * 4 * Math.PI * 8.8541878188e-12, tolerance);
    }

    private static string SIUnitOf(string unit) => unit switch
    {
        "eV" or "pN*um" or "J" => "J",
        "Angstrom" or "um" or "m" => "m",
        "ps" or "s" => "s",
        "amu" or "pg" or "kg" => "kg",
        "bar" or "Pa" => "Pa",
        "e" or "C" => "C",
        _ => "kg/m^3",
    };
}
