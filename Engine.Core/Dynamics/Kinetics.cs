using Engine.Core.Particles;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>
/// Kinetic energy, temperature and momentum of the step itself (<see cref="ParticleSystem.KickLag"/> applied), and changes of velocities that
/// keep the lag right. Sums are taken over fixed blocks in order: the same bits for any number of threads. An object holds scratch
/// memory and serves one thread at a time.
/// </summary>
public sealed class Kinetics
{
    private readonly SpeciesCoefficients lag = new();
    private readonly SpeciesCoefficients mass = new();
    private readonly SlotLoop tensorLoop;
    private readonly SlotLoop momentumLoop;
    private readonly SlotLoop transformLoop;
    private SymmetricTensor[] tensors = [];
    private Vector3d[] momenta = [];
    private double factor;
    private Vector3d shift;

    public Kinetics()
    {
        tensorLoop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            tensors[block] = VelocityKernels.KineticTensor(spans, start, end, lag.Values, mass.Values));
        momentumLoop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            momenta[block] = VelocityKernels.Momentum(spans, start, end, lag.Values, mass.Values));
        transformLoop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            VelocityKernels.Transform(spans, start, end, factor, lag.Values, shift));
    }

    /// <summary>3N − 3 where nothing changes the total momentum (and N > 1), 3N with noise on every particle or an open system.</summary>
    public static int DegreesOfFreedom(int count, bool momentumConserved) => momentumConserved && count > 1 ? 3 * count - 3 : 3 * count;

    /// <summary>2K/(N_dof k_B) [temperature].</summary>
    public static double Temperature(double kineticEnergy, int degreesOfFreedom, double boltzmann) =>
        2 * kineticEnergy / (degreesOfFreedom * boltzmann);

    /// <summary>Σ m v ⊗ v [energy]; the kinetic energy is half its trace, the pressure tensor (this + virial)/V.</summary>
    public SymmetricTensor KineticTensor(ParticleSystem system, Workers workers)
    {
        Prepare(system);
        ScratchArray.Grow(ref tensors, SlotLoop.Blocks(system));
        tensorLoop.Run(system, workers);
        var sum = SymmetricTensor.Zero;
        for (var b = 0; b < SlotLoop.Blocks(system); b++)
        {
            sum += tensors[b];
        }
        return sum;
    }

    /// <summary>½ Σ m v² [energy].</summary>
    public double KineticEnergy(ParticleSystem system, Workers workers) => 0.5 * KineticTensor(system, workers).Trace;

    /// <summary>Velocity of the centre of mass, Σ m v / Σ m.</summary>
    public Vector3d CentreOfMassVelocity(ParticleSystem system, Workers workers)
    {
        Prepare(system);
        ScratchArray.Grow(ref momenta, SlotLoop.Blocks(system));
        momentumLoop.Run(system, workers);
        var momentum = Vector3d.Zero;
        for (var b = 0; b < SlotLoop.Blocks(system); b++)
        {
            momentum += momenta[b];
        }
        var total = 0.0;
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            total += system.Id[slot] < 0 ? 0 : mass.Values[system.SpeciesOf(slot)];
        }
        return momentum / total;
    }

    /// <summary>Takes the velocity of the centre of mass away from every particle.</summary>
    public void RemoveDrift(ParticleSystem system, Workers workers)
    {
        var drift = CentreOfMassVelocity(system, workers);
        lag.Set(system, 0);
        Transform(system, workers, 1, drift);
    }

    /// <summary>
    /// Multiplies the velocities of the step by <paramref name="alpha"/>: with v(step) = v + lag·a the stored ones become
    /// αv + (α − 1)·lag·a, so that v(step) is scaled exactly and the lag stays.
    /// </summary>
    public void Scale(ParticleSystem system, Workers workers, double alpha)
    {
        lag.Set(system, (alpha - 1) * system.KickLag);
        Transform(system, workers, alpha, Vector3d.Zero);
    }

    /// <summary>Gives the kick that is still owed, so that stored velocities are those of the step and the lag is 0.</summary>
    public void PayLag(ParticleSystem system, Workers workers)
    {
        if (system.KickLag == 0)
        {
            return;
        }
        lag.Set(system, system.KickLag);
        Transform(system, workers, 1, Vector3d.Zero);
        system.KickLag = 0;
    }

    private void Transform(ParticleSystem system, Workers workers, double factor, Vector3d shift)
    {
        this.factor = factor;
        this.shift = shift;
        transformLoop.Run(system, workers);
    }

    private void Prepare(ParticleSystem system)
    {
        lag.Set(system, system.KickLag);
        mass.SetMasses(system);
    }
}
