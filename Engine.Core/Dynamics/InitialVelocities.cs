using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>Velocities of the Maxwell–Boltzmann distribution, a function of seed and particle id only.</summary>
public static class InitialVelocities
{
    /// <summary>Overwrites all velocities; <see cref="ParticleSystem.KickLag"/> becomes 0.</summary>
    /// <param name="system">The particles.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="kT">Temperature times k_B [energy], 0 or more.</param>
    /// <param name="removeDrift">Takes the motion of the centre of mass away.</param>
    /// <param name="exact">Rescales so that the instantaneous temperature is exact.</param>
    /// <param name="draw">Which of many independent sets: 0 at the start of a run, the step index later on.</param>
    /// <exception cref="InputException">The temperature is negative or not finite.</exception>
    public static void Draw(
        ParticleSystem system, Workers workers, ulong seed, double kT, bool removeDrift = true, bool exact = false, long draw = 0)
    {
        if (!(kT >= 0 && double.IsFinite(kT)))
        {
            throw new InputException($"initialTemperature corresponds to kT = {kT}; expected a finite temperature of at least 0");
        }
        var width = new SpeciesCoefficients();
        width.Set(system, Math.Sqrt(kT), squareRoot: true);
        var loop = new SlotLoop((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            IntegratorKernels.MaxwellBoltzmann(spans, start, end, width.Values, seed, draw));
        loop.Run(system, workers);
        system.KickLag = 0;

        var kinetics = new Kinetics();
        if (removeDrift && system.Count > 1)
        {
            kinetics.RemoveDrift(system, workers);
        }
        var energy = kinetics.KineticEnergy(system, workers);
        if (exact && energy > 0)
        {
            var target = 0.5 * Kinetics.DegreesOfFreedom(system.Count, removeDrift) * kT;
            kinetics.Scale(system, workers, Math.Sqrt(target / energy));
        }
    }
}
