using Engine.Core.Json;
using Engine.Kernels.Errors;

namespace Engine.Core.Units;

/// <summary>
/// The units of a run, and the constants that tie them together. Kernels are unit-free; this is the border. All constants are given in the
/// units of the system: energy [E], length [L], time [t], mass [m], temperature [T], charge [q].
/// </summary>
public sealed record UnitSystem
{
    public required string Name { get; init; }

    /// <summary>Which set of constants: codata2022 or lammps-metal.</summary>
    public string Constants { get; init; } = "codata2022";

    /// <summary>k_B [E/T].</summary>
    public required double Boltzmann { get; init; }

    /// <summary>1 m·(L/t)² in energy units: kinetic energy = ½ · this · m v²; acceleration = F/(this · m).</summary>
    public required double MassVelocitySquared { get; init; }

    /// <summary>e²/(4πε₀) [E·L/q²].</summary>
    public required double Coulomb { get; init; }

    /// <summary>One E/L³ in the pressure unit of the system (bar for metal).</summary>
    public required double PressurePerEnergyDensity { get; init; }

    /// <summary>One m/L³ in the density unit of the system (g/cm^3 for metal); in lj density counts particles, not mass.</summary>
    public required double DensityPerMassVolume { get; init; }

    public required string EnergyUnit { get; init; }

    public required string LengthUnit { get; init; }

    public required string TimeUnit { get; init; }

    public required string MassUnit { get; init; }

    public required string TemperatureUnit { get; init; }

    public required string PressureUnit { get; init; }

    public required string ChargeUnit { get; init; }

    public required string DensityUnit { get; init; }

    /// <summary>True for lj: numbers have no SI value, so only plain numbers and the system's own unit names are understood.</summary>
    public bool IsReduced => Name == "lj";

    /// <summary>Reduced Lennard-Jones units: ε = σ = m = k_B = 1.</summary>
    public static UnitSystem LennardJones { get; } = new()
    {
        Name = "lj",
        Boltzmann = 1,
        MassVelocitySquared = 1,
        Coulomb = 1,
        PressurePerEnergyDensity = 1,
        DensityPerMassVolume = 1,
        EnergyUnit = "epsilon",
        LengthUnit = "sigma",
        TimeUnit = "tau",
        MassUnit = "m",
        TemperatureUnit = "epsilon/kB",
        PressureUnit = "epsilon/sigma^3",
        ChargeUnit = "q",
        DensityUnit = "1/sigma^3",
    };

    /// <summary>eV, Å, ps, amu, e, K, bar with CODATA 2022.</summary>
    public static UnitSystem Metal { get; } = new()
    {
        Name = "metal",
        Boltzmann = 8.617333262145e-5,
        MassVelocitySquared = 1.0364269667161e-4,
        Coulomb = 14.39964546867,
        PressurePerEnergyDensity = 1602176.634,
        DensityPerMassVolume = 1.66053906892,
        EnergyUnit = "eV",
        LengthUnit = "Angstrom",
        TimeUnit = "ps",
        MassUnit = "amu",
        TemperatureUnit = "K",
        PressureUnit = "bar",
        ChargeUnit = "e",
        DensityUnit = "g/cm^3",
    };

    /// <summary><see cref="Metal"/> with the constants that LAMMPS uses, for comparison with it.</summary>
    public static UnitSystem LammpsMetal { get; } = Metal with
    {
        Constants = "lammps-metal",
        Boltzmann = 8.617343e-5,
        MassVelocitySquared = 1.0364269e-4,
        Coulomb = 14.399645,
        PressurePerEnergyDensity = 1.6021765e6,
        DensityPerMassVolume = 1.66053907,
    };

    /// <summary>µm, s, pN·µm, pg, e, K, Pa: colloids and swimmers. CODATA 2022.</summary>
    public static UnitSystem Micro { get; } = new()
    {
        Name = "micro",
        Boltzmann = 1.380649e-5,
        MassVelocitySquared = 1e-9,
        Coulomb = 2.307077552e-4,
        PressurePerEnergyDensity = 1,
        DensityPerMassVolume = 1,
        EnergyUnit = "pN*um",
        LengthUnit = "um",
        TimeUnit = "s",
        MassUnit = "pg",
        TemperatureUnit = "K",
        PressureUnit = "Pa",
        ChargeUnit = "e",
        DensityUnit = "g/cm^3",
    };

    /// <summary>J, m, s, kg, C, K, Pa. CODATA 2022.</summary>
    public static UnitSystem SI { get; } = new()
    {
        Name = "si",
        Boltzmann = 1.380649e-23,
        MassVelocitySquared = 1,
        Coulomb = 8.9875517862e9,
        PressurePerEnergyDensity = 1,
        DensityPerMassVolume = 1,
        EnergyUnit = "J",
        LengthUnit = "m",
        TimeUnit = "s",
        MassUnit = "kg",
        TemperatureUnit = "K",
        PressureUnit = "Pa",
        ChargeUnit = "C",
        DensityUnit = "kg/m^3",
    };

    /// <summary>The system of that name with that set of constants.</summary>
    /// <exception cref="InputException">No such system or set; lammps-metal with other than metal.</exception>
    public static UnitSystem Named(string name, string? constants = null)
    {
        string[] names = ["lj", "metal", "micro", "si"];
        string[] sets = ["codata2022", "lammps-metal"];
        var system = name switch
        {
            "lj" => LennardJones,
            "metal" => Metal,
            "micro" => Micro,
            "si" => SI,
            _ => throw new InputException(
                $"units \"{name}\" are unknown; {Spelling.Expected(name, names)} one of {string.Join(", ", names)}"),
        };
        return constants switch
        {
            null or "codata2022" => system,
            "lammps-metal" when name == "metal" => LammpsMetal,
            "lammps-metal" => throw new InputException($"constants \"lammps-metal\" go with units \"metal\", found units \"{name}\"; use \"codata2022\""),
            _ => throw new InputException(
                $"constants \"{constants}\" are unknown; {Spelling.Expected(constants, sets)} one of {string.Join(", ", sets)}"),
        };
    }

    /// <summary>The unit that an input number of this kind has: "ps", "eV/Angstrom", "1/bar"; empty for plain numbers.</summary>
    public string UnitOf(QuantityKind kind) => kind switch
    {
        QuantityKind.Dimensionless => "",
        QuantityKind.Length => LengthUnit,
        QuantityKind.Time => TimeUnit,
        QuantityKind.Mass => MassUnit,
        QuantityKind.Temperature => TemperatureUnit,
        QuantityKind.Charge => ChargeUnit,
        QuantityKind.Energy => EnergyUnit,
        QuantityKind.Force => $"{EnergyUnit}/{LengthUnit}",
        QuantityKind.Pressure => PressureUnit,
        QuantityKind.Compressibility => IsReduced ? "sigma^3/epsilon" : $"1/{PressureUnit}",
        QuantityKind.Velocity => $"{LengthUnit}/{TimeUnit}",
        QuantityKind.Frequency => $"1/{TimeUnit}",
        QuantityKind.Density => DensityUnit,
        QuantityKind.Area => $"{LengthUnit}^2",
        QuantityKind.WaveVector => $"1/{LengthUnit}",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a schedule's number takes its unit from the schedule"),
    };
}
