namespace Engine.Core.Units;

/// <summary>
/// The units of a run, and the constants that tie them together. Kernels are unit-free; this is the border. All constants are given in the
/// units of the system: energy [E], length [L], time [t], mass [m], temperature [T], charge [q].
/// </summary>
public sealed record UnitSystem
{
    public required string Name { get; init; }

    /// <summary>k_B [E/T].</summary>
    public required double Boltzmann { get; init; }

    /// <summary>1 m·(L/t)² in energy units: kinetic energy = ½ · this · m v²; acceleration = F/(this · m).</summary>
    public required double MassVelocitySquared { get; init; }

    /// <summary>e²/(4πε₀) [E·L/q²].</summary>
    public required double Coulomb { get; init; }

    /// <summary>One E/L³ in the pressure unit of the system (bar for metal).</summary>
    public required double PressurePerEnergyDensity { get; init; }

    public required string EnergyUnit { get; init; }

    public required string LengthUnit { get; init; }

    public required string TimeUnit { get; init; }

    public required string MassUnit { get; init; }

    public required string TemperatureUnit { get; init; }

    public required string PressureUnit { get; init; }

    /// <summary>Reduced Lennard-Jones units: ε = σ = m = k_B = 1.</summary>
    public static UnitSystem LennardJones { get; } = new()
    {
        Name = "lj",
        Boltzmann = 1,
        MassVelocitySquared = 1,
        Coulomb = 1,
        PressurePerEnergyDensity = 1,
        EnergyUnit = "epsilon",
        LengthUnit = "sigma",
        TimeUnit = "tau",
        MassUnit = "m",
        TemperatureUnit = "epsilon/kB",
        PressureUnit = "epsilon/sigma^3",
    };

    /// <summary>eV, Å, ps, amu, e, K, bar with CODATA 2022.</summary>
    public static UnitSystem Metal { get; } = new()
    {
        Name = "metal",
        Boltzmann = 8.617333262145e-5,
        MassVelocitySquared = 1.0364269667161e-4,
        Coulomb = 14.39964546867,
        PressurePerEnergyDensity = 1602176.634,
        EnergyUnit = "eV",
        LengthUnit = "Angstrom",
        TimeUnit = "ps",
        MassUnit = "amu",
        TemperatureUnit = "K",
        PressureUnit = "bar",
    };

    /// <summary><see cref="Metal"/> with the constants that LAMMPS uses, for comparison with it.</summary>
    public static UnitSystem LammpsMetal { get; } = Metal with
    {
        Boltzmann = 8.617343e-5,
        MassVelocitySquared = 1.0364269e-4,
        Coulomb = 14.399645,
        PressurePerEnergyDensity = 1.6021765e6,
    };
}
