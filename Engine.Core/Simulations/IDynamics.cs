using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;

namespace Engine.Core.Simulations;

/// <summary>The particles of a run, where they are moved: on the processor or on a device. <see cref="Simulation"/> decides what happens when.</summary>
internal interface IDynamics : IDisposable
{
    /// <summary>The particles as the host sees them; on a device current only after <see cref="Synchronise"/>.</summary>
    ParticleSystem System { get; }

    /// <summary>Most steps that <see cref="Advance"/> is worth being called with.</summary>
    int Stride { get; }

    /// <summary>Neighbour lists built so far.</summary>
    long Rebuilds { get; }

    /// <summary>Skin of the present list [length].</summary>
    double Skin { get; }

    /// <summary>Bytes of lists, kernels and, on a device, particles.</summary>
    long Bytes { get; }

    /// <summary>Lists and forces of the present positions, with the energy.</summary>
    /// <param name="allowOverlap">Whether particles may be closer than the potential's minimum distance.</param>
    /// <exception cref="RunFailedException">They may not and are.</exception>
    ForceSums Start(bool allowOverlap);

    /// <summary>Moves on by some steps.</summary>
    /// <param name="motion">How.</param>
    /// <param name="step">Step of the run at the start.</param>
    /// <param name="stageStep">Step of the stage at the start.</param>
    /// <param name="count">How many steps, at most <see cref="Stride"/>.</param>
    /// <param name="energy">Whether the energy of the last step is needed.</param>
    /// <param name="virial">Whether its virial is.</param>
    /// <returns>Energy and virial where they were asked for.</returns>
    /// <exception cref="RunFailedException">The run explodes.</exception>
    ForceSums Advance(in Motion motion, long step, long stageStep, int count, bool energy, bool virial);

    /// <summary>Σ m v ⊗ v of the present step [energy].</summary>
    SymmetricTensor KineticTensor();

    /// <summary>
    /// Pairs closer than a distance by species and bins of equal width, (a, b) with a ≤ b at (a · species + b) · bins; null where the particles are at hand anyway.
    /// </summary>
    /// <param name="maximum">[length]; at most half of the smallest perpendicular width between periodic faces.</param>
    /// <param name="bins">Bins.</param>
    long[]? CountPairs(double maximum, int bins);

    /// <summary>Multiplies all velocities of the present step.</summary>
    void Scale(double factor);

    /// <summary>Takes the velocity of the centre of mass away.</summary>
    void RemoveDrift();

    /// <summary>
    /// Maps the cell, positions with it and velocities inversely, after the kicks that belong to the present forces were given; velocities then lead by half a step.
    /// </summary>
    /// <param name="map">Of positions.</param>
    /// <param name="halfStep">Half of the time step that follows [time]; 0 where velocities mean nothing.</param>
    /// <param name="minimumWidth">Smallest width of the cell that can be treated [length].</param>
    /// <param name="cause">For the message.</param>
    void Deform(in TriangularMap map, double halfStep, double minimumWidth, string cause);

    /// <summary>Brings <see cref="System"/> up to date.</summary>
    /// <param name="contents">What of it, at least; positions always.</param>
    void Synchronise(FrameContents contents = FrameContents.All);

    /// <summary>Compares the forces of the present positions with the processor's in double; null on the processor.</summary>
    /// <exception cref="RunFailedException">They differ by more than rounding does.</exception>
    ForceCheck? CheckForces();

    /// <summary>Takes over what was changed in <see cref="System"/>: velocities, or after a minimisation everything.</summary>
    /// <param name="positions">Whether positions and cell were changed, too.</param>
    void Changed(bool positions);

    /// <summary>The force field of the processor, for what is done there: minimisations.</summary>
    ForceField HostForces { get; }

    /// <summary>The arrays of a state.</summary>
    SimulationState Save(SimulationState state);

    /// <summary>Puts the particles where a state has them.</summary>
    void Load(SimulationState state);
}

/// <summary>How a stage moves its particles.</summary>
/// <param name="Integrator">Which equations of motion.</param>
/// <param name="TimeStep">[time]</param>
/// <param name="ThermalEnergy">k_B T of a step of the stage [energy].</param>
internal readonly record struct Motion(IntegratorInput Integrator, double TimeStep, Func<long, double> ThermalEnergy);
