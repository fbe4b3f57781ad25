using Engine.Kernels.Geometry;

namespace Engine.Core.Simulations;

/// <summary>State of the whole system at one step; units of the run, energies of the whole system.</summary>
public readonly record struct ThermoSample
{
    public required long Step { get; init; }

    /// <summary>Since the start of the run [time].</summary>
    public required double Time { get; init; }

    /// <summary>Index of the stage.</summary>
    public required int Stage { get; init; }

    /// <summary>2K/(N_f k_B) [temperature].</summary>
    public required double Temperature { get; init; }

    /// <summary>What the stage aims at; NaN at constant energy.</summary>
    public required double TargetTemperature { get; init; }

    public required double PotentialEnergy { get; init; }

    public required double KineticEnergy { get; init; }

    /// <summary>Σ (m v ⊗ v + r ⊗ f)/V in the pressure unit of the run.</summary>
    public required SymmetricTensor PressureTensor { get; init; }

    public required double Volume { get; init; }

    /// <summary>In the density unit of the run.</summary>
    public required double Density { get; init; }

    public required Box Box { get; init; }

    /// <summary>
    /// Kinetic energy that the Bussi thermostat has given so far [energy]: <see cref="TotalEnergy"/> minus this is conserved at constant volume with
    /// velocity Verlet. What Langevin noise gives is not counted.
    /// </summary>
    public required double ThermostatEnergy { get; init; }

    public double TotalEnergy => PotentialEnergy + KineticEnergy;

    /// <summary>A third of the trace of <see cref="PressureTensor"/>.</summary>
    public double Pressure => PressureTensor.Trace / 3;
}
