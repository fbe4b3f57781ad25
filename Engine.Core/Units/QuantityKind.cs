namespace Engine.Core.Units;

/// <summary>What an input number measures; <see cref="UnitSystem.UnitOf"/> tells the unit it has in a run.</summary>
public enum QuantityKind
{
    Dimensionless,
    Length,
    Time,
    Mass,
    Temperature,
    Charge,
    Energy,
    Force,
    Pressure,

    /// <summary>1/pressure.</summary>
    Compressibility,
    Velocity,

    /// <summary>1/time: frictions, collision rates.</summary>
    Frequency,

    /// <summary>Mass per volume; in reduced (lj) units particles per volume.</summary>
    Density,

    /// <summary>Length squared: mean square displacements.</summary>
    Area,

    /// <summary>1/length: wave vectors, damping parameters.</summary>
    WaveVector,

    /// <summary>The quantity of the schedule that this number belongs to.</summary>
    ScheduleValue,

    /// <summary>The quantity of the schedule that this number belongs to, per time.</summary>
    ScheduleRate,
}
