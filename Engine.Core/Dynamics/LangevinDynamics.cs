using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>
/// Langevin dynamics m dv = F dt − γ m v dt + √(2 γ m kT) dW by BAOAB: half kick, half drift, exact Ornstein–Uhlenbeck step, half drift, half
/// kick. B. Leimkuhler and C. Matthews, AMRX 2013, 34 (2013); J. Chem. Phys. 138, 174102 (2013). In a harmonic well ⟨x²⟩ is exact for any
/// friction and any stable time step. The two half kicks at a step are merged, the noise depends on seed, step and particle id only.
/// </summary>
public sealed class LangevinDynamics : IIntegrator
{
    private readonly SpeciesCoefficients kick = new();
    private readonly SpeciesCoefficients noise = new();
    private readonly SlotLoop loop;
    private readonly ulong seed;
    private double timeStep;
    private double decay;
    private long step;

    /// <param name="seed">Seed of the run.</param>
    /// <param name="friction">γ [1/time], 0 or more; 0 is velocity Verlet in two half drifts.</param>
    /// <exception cref="InputException">The friction is negative or not finite.</exception>
    public LangevinDynamics(ulong seed, double friction)
    {
        if (!(friction >= 0 && double.IsFinite(friction)))
        {
            throw new InputException($"friction of the Langevin integrator is {friction} per time unit; expected a finite number of at least 0");
        }
        this.seed = seed;
        Friction = friction;
        loop = new(Block);
    }

    /// <summary>γ [1/time].</summary>
    public double Friction { get; }

    /// <inheritdoc/>
    public bool HasVelocities => true;

    /// <inheritdoc/>
    public void Step(ParticleSystem system, Workers workers, long step, double timeStep, double kT)
    {
        this.step = step;
        this.timeStep = timeStep;
        decay = Math.Exp(-Friction * timeStep);
        // 1 − exp(−2γdt) without cancellation for small γdt.
        var fluctuation = 2 * decay * Math.Sinh(Friction * timeStep);
        kick.Set(system, system.KickLag + 0.5 * timeStep);
        noise.Set(system, Math.Sqrt(fluctuation * kT), squareRoot: true);
        loop.Run(system, workers);
        system.KickLag = 0.5 * timeStep;
    }

    private void Block(ParticleSystem system, in ParticleSpans spans, int block, int start, int end) =>
        IntegratorKernels.Baoab(spans, start, end, 0.5 * timeStep, kick.Values, decay, noise.Values, seed, step);
}
