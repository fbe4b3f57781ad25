using Engine.Core.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>Moves the particles by one step.</summary>
public interface IIntegrator
{
    /// <summary>Whether velocities mean anything; without them the kinetic parts of temperature and pressure are those of the bath.</summary>
    bool HasVelocities { get; }

    /// <summary>
    /// Moves positions from step n to n + 1, given the forces at n. Stored velocities may trail those of the step afterwards, see
    /// <see cref="ParticleSystem.KickLag"/>; a lag left by another integrator or another time step is paid first.
    /// Makes one pass over memory and allocates nothing.
    /// </summary>
    /// <param name="system">The particles; forces belong to the present positions.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="step">The step index n: the counter of the random numbers.</param>
    /// <param name="timeStep">Length of the step [time].</param>
    /// <param name="kT">Temperature of the bath times k_B [energy]; ignored where there is no bath.</param>
    void Step(ParticleSystem system, Workers workers, long step, double timeStep, double kT);
}
