using Engine.Core.Particles;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>
/// Newton's equations by velocity Verlet (W. C. Swope et al., J. Chem. Phys. 76, 637 (1982)): time-reversible and symplectic, second order.
/// The closing half kick of a step is merged with the opening one of the next.
/// </summary>
public sealed class VelocityVerlet : IIntegrator
{
    private readonly SpeciesCoefficients kick = new();
    private readonly SlotLoop loop;
    private double timeStep;

    public VelocityVerlet()
    {
        loop = new(Block);
    }

    /// <inheritdoc/>
    public bool HasVelocities => true;

    /// <inheritdoc/>
    public void Step(ParticleSystem system, Workers workers, long step, double timeStep, double kT)
    {
        this.timeStep = timeStep;
        kick.Set(system, system.KickLag + 0.5 * timeStep);
        loop.Run(system, workers);
        system.KickLag = 0.5 * timeStep;
    }

    private void Block(ParticleSystem system, in ParticleSpans spans, int block, int start, int end) =>
        IntegratorKernels.KickDrift(spans, start, end, timeStep, kick.Values);
}
