using Engine.Core.Units;

namespace Engine.Core.Observables;

/// <summary>Diffusion constants are quoted in cm²/s where the units of the run have a size, in length²/time elsewhere.</summary>
internal static class DiffusionUnits
{
    public static (double Factor, string Unit) Of(UnitSystem units) =>
        units.LengthUnit == "Angstrom" && units.TimeUnit == "ps"
            ? (1e-4, "cm²/s")
            : (1, $"{units.LengthUnit}²/{units.TimeUnit}");
}
