using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>
/// Stochastic velocity rescaling: drives the kinetic energy to its canonical (Gamma) law by one random factor for all velocities.
/// G. Bussi, D. Donadio and M. Parrinello, J. Chem. Phys. 126, 014101 (2007). It conserves the direction of every velocity and the total
/// momentum, and hardly disturbs the dynamics. It has no state: the total energy minus the sum of what <see cref="Apply"/> returns is conserved.
/// </summary>
public sealed class BussiThermostat
{
    private readonly ulong seed;

    /// <param name="seed">Seed of the run.</param>
    /// <param name="relaxationTime">τ [time]; 0 draws the kinetic energy afresh each time.</param>
    /// <param name="every">Acts at steps that are multiples of this, with the time step multiplied by it.</param>
    /// <exception cref="InputException">A parameter is out of range.</exception>
    public BussiThermostat(ulong seed, double relaxationTime, int every = 1)
    {
        if (!(relaxationTime >= 0 && double.IsFinite(relaxationTime)))
        {
            throw new InputException($"relaxationTime of the Bussi thermostat is {relaxationTime}; expected a finite time of at least 0");
        }
        if (every < 1)
        {
            throw new InputException($"every of the Bussi thermostat is {every}; expected at least 1 step");
        }
        this.seed = seed;
        RelaxationTime = relaxationTime;
        Every = every;
    }

    /// <summary>τ [time].</summary>
    public double RelaxationTime { get; }

    /// <summary>Steps between two rescalings.</summary>
    public int Every { get; }

    /// <summary>
    /// Rescales the velocities of step <paramref name="step"/>, whose forces must be known, if it is this step's turn.
    /// </summary>
    /// <param name="system">The particles.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="kinetics">Measures and scales.</param>
    /// <param name="step">Step index: the counter of the random numbers.</param>
    /// <param name="timeStep">Length of one step [time].</param>
    /// <param name="kT">Target temperature times k_B [energy].</param>
    /// <param name="degreesOfFreedom">N_f, see <see cref="Kinetics.DegreesOfFreedom"/>.</param>
    /// <returns>The kinetic energy given to the system [energy]; 0 out of turn.</returns>
    /// <exception cref="RunFailedException">The kinetic energy is zero or not finite.</exception>
    public double Apply(
        ParticleSystem system, Workers workers, Kinetics kinetics, long step, double timeStep, double kT, int degreesOfFreedom)
    {
        if (!IsDue(step))
        {
            return 0;
        }
        var energy = kinetics.KineticEnergy(system, workers);
        var alpha = FactorFor(energy, step, timeStep, kT, degreesOfFreedom);
        kinetics.Scale(system, workers, alpha);
        return (alpha * alpha - 1) * energy;
    }

    /// <summary>Whether the thermostat acts at a step.</summary>
    public bool IsDue(long step) => step % Every == 0;

    /// <summary>The factor that all velocities are to be multiplied with; see <see cref="Apply"/>.</summary>
    /// <param name="energy">Kinetic energy of the step [energy].</param>
    /// <param name="step">Step index.</param>
    /// <param name="timeStep">Length of one step [time].</param>
    /// <param name="kT">Target temperature times k_B [energy].</param>
    /// <param name="degreesOfFreedom">N_f.</param>
    /// <exception cref="RunFailedException">The kinetic energy is zero or not finite.</exception>
    public double FactorFor(double energy, long step, double timeStep, double kT, int degreesOfFreedom)
    {
        if (!(energy > 0 && double.IsFinite(energy)))
        {
            throw new RunFailedException(
                $"the Bussi thermostat found a kinetic energy of {energy} at step {step}; expected a positive number; set initialTemperature, or look for overlapping particles if it is not finite");
        }
        var random = new RandomSequence(seed, RandomStream.BussiThermostat, step);
        return Factor(ref random, energy, kT, degreesOfFreedom, RelaxationTime > 0 ? Math.Exp(-Every * timeStep / RelaxationTime) : 0);
    }

    /// <summary>The factor α of equation (A7), with its sign; <paramref name="c"/> = exp(−dt/τ).</summary>
    internal static double Factor(ref RandomSequence random, double energy, double kT, int degreesOfFreedom, double c)
    {
        // K̄/(N_f K) = kT/(2K).
        var ratio = kT / (2 * energy);
        var first = random.NextNormal();
        var others = 2 * random.NextGamma(0.5 * (degreesOfFreedom - 1));
        var squared = c + ratio * (1 - c) * (first * first + others) + 2 * first * Math.Sqrt(c * (1 - c) * ratio);
        var sign = first + Math.Sqrt(c / ((1 - c) * ratio)) < 0 ? -1 : 1;
        return sign * Math.Sqrt(Math.Max(squared, 0));
    }
}
