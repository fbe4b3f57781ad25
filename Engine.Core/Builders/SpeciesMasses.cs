using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Builders;

/// <summary>Where the masses of species come from.</summary>
public static class SpeciesMasses
{
    /// <summary>Mass of a species: that of the map, else that of the element of this name, else 1 in lj units and 0 (unknown) in others.</summary>
    public static double Find(string species, UnitSystem units, IReadOnlyDictionary<string, double>? masses)
    {
        if (masses is not null && masses.TryGetValue(species, out var mass))
        {
            return mass;
        }
        if (units.IsReduced)
        {
            return 1;
        }
        return Elements.MassOf(species) is { } element ? Quantity.Parse(FormattableString.Invariant($"{element:R} amu"), QuantityKind.Mass, units) : 0;
    }

    /// <summary>What one particle adds to density · volume: its mass in density units, in lj units 1.</summary>
    internal static double DensityWeight(Species species, UnitSystem units)
    {
        if (units.IsReduced)
        {
            return 1;
        }
        return species.Mass > 0
            ? species.Mass * units.DensityPerMassVolume
            : throw new InputException($"the mass of {species.Name} is unknown, so a density cannot set the box; add it to system.masses");
    }
}
