using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>How <see cref="BrownianDynamics"/> draws its noise.</summary>
public enum BrownianScheme
{
    /// <summary>x += F dt/(mγ) + √(2 kT dt/(mγ)) ξ: the exact path of a free particle, first order in dt in a well.</summary>
    EulerMaruyama,

    /// <summary>
    /// The same with ½(ξₙ + ξₙ₊₁) for ξ: second order in dt for averages over positions, exact in a harmonic well. B. Leimkuhler and
    /// C. Matthews, AMRX 2013, 34 (2013). Costs two draws a step.
    /// </summary>
    LeimkuhlerMatthews,
}

/// <summary>
/// Overdamped dynamics γ m dx = F dt + √(2 γ m kT) dW: D = kT/(mγ). Velocities have no meaning here; a kick that is still owed by an earlier
/// integrator is given on the first step and they are left alone after that.
/// </summary>
public sealed class BrownianDynamics : IIntegrator
{
    private readonly SpeciesCoefficients mobility = new();
    private readonly SpeciesCoefficients noise = new();
    private readonly Kinetics kinetics = new();
    private readonly SlotLoop loop;
    private readonly ulong seed;
    private long step;

    /// <param name="seed">Seed of the run.</param>
    /// <param name="friction">γ [1/time], above 0.</param>
    /// <param name="scheme">Which noise.</param>
    /// <exception cref="InputException">The friction is not positive and finite.</exception>
    public BrownianDynamics(ulong seed, double friction, BrownianScheme scheme = BrownianScheme.EulerMaruyama)
    {
        if (!(friction > 0 && double.IsFinite(friction)))
        {
            throw new InputException($"friction of the Brownian integrator is {friction} per time unit; expected a finite number above 0");
        }
        this.seed = seed;
        Friction = friction;
        Scheme = scheme;
        loop = new(Block);
    }

    /// <summary>γ [1/time].</summary>
    public double Friction { get; }

    public BrownianScheme Scheme { get; }

    /// <inheritdoc/>
    public bool HasVelocities => false;

    /// <inheritdoc/>
    public void Step(ParticleSystem system, Workers workers, long step, double timeStep, double kT)
    {
        kinetics.PayLag(system, workers);
        this.step = step;
        mobility.Set(system, timeStep / Friction);
        noise.Set(system, Math.Sqrt(2 * kT * timeStep / Friction), squareRoot: true);
        loop.Run(system, workers);
    }

    private void Block(ParticleSystem system, in ParticleSpans spans, int block, int start, int end) =>
        IntegratorKernels.Brownian(
            spans, start, end, mobility.Values, noise.Values, Scheme == BrownianScheme.LeimkuhlerMatthews, seed, step);
}
