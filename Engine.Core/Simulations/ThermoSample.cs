using Engine.Kernels.Geometry;

namespace Engine.Core.Simulations;

/// <summary>State of the whole system at one step; units of the run, energies of the whole system.</summary>
public readonly record struct ThermoSample
{
    /// <summary>Steps done since the start of the run.</summary>
    public required long Step { get; init; }

    /// <summary>Since the start of the run [time].</summary>
    public required double Time { get; init; }

    /// <summary>Index of the stage.</summary>
    public required int Stage { get; init; }

    /// <summary>2K/(N_f k_B) [temperature].</summary>
    public required double Temperature { get; init; }

    /// <summary>What the stage aims at [temperature]; NaN at constant energy.</summary>
    public required double TargetTemperature { get; init; }

    /// <summary>Pairs, terms beside them, constants and tails [energy].</summary>
    public required double PotentialEnergy { get; init; }

    /// <summary>½ Σ m v² [energy]; 0 with overdamped dynamics.</summary>
    public required double KineticEnergy { get; init; }

    /// <summary>Σ (m v ⊗ v + r ⊗ f)/V in the pressure unit of the run.</summary>
    public required SymmetricTensor PressureTensor { get; init; }

    /// <summary>Of the box [length³]; nominal where an axis is open.</summary>
    public required double Volume { get; init; }

    /// <summary>In the density unit of the run: mass per volume, particles per volume in lj.</summary>
    public required double Density { get; init; }

    /// <summary>The cell [length].</summary>
    public required Box Box { get; init; }

    /// <summary>
    /// Kinetic energy that the Bussi thermostat has given so far [energy]: <see cref="TotalEnergy"/> minus this is conserved at constant volume with
    /// velocity Verlet. What Langevin noise gives is not counted.
    /// </summary>
    public required double ThermostatEnergy { get; init; }

    /// <summary>Potential and kinetic [energy].</summary>
    public double TotalEnergy => PotentialEnergy + KineticEnergy;

    /// <summary>A third of the trace of <see cref="PressureTensor"/> [pressure].</summary>
    public double Pressure => PressureTensor.Trace / 3;
}
