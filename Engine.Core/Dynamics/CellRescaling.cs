using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Random;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>
/// Stochastic cell rescaling: a first-order barostat that samples the isothermal-isobaric ensemble. Isotropic: M. Bernetti and G. Bussi,
/// J. Chem. Phys. 153, 114107 (2020), in λ = √V: dλ = −(βλ/2τ)(P₀ − P − kT/2V) dt + √(kTβ/2τ) dW. Anisotropic: V. Del Tatto et al.,
/// Appl. Sci. 12, 1139 (2022): dh = [−(β/3τ)(P₀I − P − (kT/V) I) dt + √(2βkT/(3Vτ)) dW] h with the rotation removed. P holds the kinetic part.
/// Positions go with the cell, x → Ux, velocities by the inverse transpose, so that the phase-space volume is kept.
/// The barostat has no state besides the cell. It needs a thermostat beside it.
/// </summary>
public sealed class CellRescaling
{
    /// <summary>A larger relative drift of the volume at once means that the equations above are no longer solved.</summary>
    private const double LargestVolumeChange = 0.3;

    private readonly ulong seed;
    private readonly CellDeformationLoop deformation = new();

    /// <param name="seed">Seed of the run.</param>
    /// <param name="coupling">Which changes of the cell.</param>
    /// <param name="relaxationTime">τ [time], above 0.</param>
    /// <param name="compressibility">β [length³/energy], above 0; its error only changes the speed of relaxation.</param>
    /// <param name="minimumWidth">Smallest perpendicular width of the cell that the force field can treat [length].</param>
    /// <param name="every">Acts at steps that are multiples of this, with the time step multiplied by it.</param>
    /// <exception cref="InputException">A parameter is out of range.</exception>
    public CellRescaling(
        ulong seed, PressureCoupling coupling, double relaxationTime, double compressibility, double minimumWidth = 0, int every = 1)
    {
        if (!(relaxationTime > 0 && double.IsFinite(relaxationTime)))
        {
            throw new InputException($"relaxationTime of the cell-rescaling barostat is {relaxationTime}; expected a finite time above 0");
        }
        if (!(compressibility > 0 && double.IsFinite(compressibility)))
        {
            throw new InputException($"compressibility of the cell-rescaling barostat is {compressibility}; expected a finite number above 0");
        }
        if (every < 1)
        {
            throw new InputException($"every of the cell-rescaling barostat is {every}; expected at least 1 step");
        }
        this.seed = seed;
        Coupling = coupling;
        RelaxationTime = relaxationTime;
        Compressibility = compressibility;
        MinimumWidth = minimumWidth;
        Every = every;
    }

    public PressureCoupling Coupling { get; }

    /// <summary>τ [time].</summary>
    public double RelaxationTime { get; }

    /// <summary>β [length³/energy].</summary>
    public double Compressibility { get; }

    /// <summary>Smallest perpendicular width allowed [length].</summary>
    public double MinimumWidth { get; }

    /// <summary>Steps between two rescalings.</summary>
    public int Every { get; }

    /// <summary>
    /// Rescales the cell if it is this step's turn. To be called with the forces of step n in place, right before
    /// <see cref="IIntegrator.Step"/> moves on from n: the kicks that belong to those forces are given before the map, so no forces need to be
    /// computed twice. Velocities then lead by half a step (<see cref="ParticleSystem.KickLag"/> = −½ timeStep), which the integrator settles.
    /// </summary>
    /// <param name="system">The particles.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="kinetics">Measures the kinetic pressure.</param>
    /// <param name="forceField">Is told that the cell changed.</param>
    /// <param name="step">Step index n: the counter of the random numbers.</param>
    /// <param name="timeStep">Length of the step that follows [time].</param>
    /// <param name="kT">Temperature of the bath times k_B [energy].</param>
    /// <param name="pressure">P₀ [energy/length³].</param>
    /// <param name="virial">Virial of step n, see <see cref="ForceSums.Virial"/>.</param>
    /// <param name="hasVelocities">False for overdamped dynamics: the kinetic pressure is then N kT/V.</param>
    /// <returns>Whether the cell changed.</returns>
    /// <exception cref="RunFailedException">The cell collapses or explodes.</exception>
    public bool Apply(
        ParticleSystem system, Workers workers, Kinetics kinetics, IForceField forceField, long step, double timeStep, double kT,
        double pressure, in SymmetricTensor virial, bool hasVelocities = true)
    {
        if (!IsDue(step))
        {
            return false;
        }
        var kinetic = hasVelocities ? kinetics.KineticTensor(system, workers) : SymmetricTensor.Isotropic(system.Count * kT);
        var map = MapFor(system.Box, step, timeStep, kT, pressure, kinetic, virial);
        deformation.Run(system, workers, map, hasVelocities ? system.KickLag + 0.5 * timeStep : 0);
        if (hasVelocities)
        {
            system.KickLag = -0.5 * timeStep;
        }
        CellDeformation.Check(system.Box, MinimumWidth, Cause(step));
        forceField.BoxChanged(system, CellDeformation.Reduce(system));
        return true;
    }

    /// <summary>Whether the barostat acts before a step.</summary>
    public bool IsDue(long step) => step % Every == 0;

    /// <summary>For messages about a cell that it made.</summary>
    public static string Cause(long step) => $"the barostat at step {step}";

    /// <summary>The map that the cell is to be deformed by; see <see cref="Apply"/>.</summary>
    /// <param name="box">The cell, periodic along all axes.</param>
    /// <param name="step">Step index n.</param>
    /// <param name="timeStep">Length of the step that follows [time].</param>
    /// <param name="kT">Temperature of the bath times k_B [energy].</param>
    /// <param name="pressure">P₀ [energy/length³].</param>
    /// <param name="kinetic">Σ m v ⊗ v of step n [energy].</param>
    /// <param name="virial">Virial of step n [energy].</param>
    /// <exception cref="RunFailedException">The cell collapses or explodes.</exception>
    public TriangularMap MapFor(
        in Box box, long step, double timeStep, double kT, double pressure, in SymmetricTensor kinetic, in SymmetricTensor virial)
    {
        CellDeformation.RequirePeriodic(box, "the cell-rescaling barostat");
        var volume = box.Volume;
        var random = new RandomSequence(seed, RandomStream.CellRescaling, step);
        var internalPressure = 1 / volume * (kinetic + virial);
        var growth = Compressibility * Every * timeStep / RelaxationTime * (internalPressure.Trace / 3 - pressure);
        if (!(Math.Abs(growth) <= LargestVolumeChange))
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"at step {step} the barostat would change the volume by {100 * growth:G3} %, expected less than {100 * LargestVolumeChange} % at once: the pressure is far from its target, or the time step of {timeStep:G3} is long beside the barostat's relaxationTime of {RelaxationTime:G3}; minimise first, take a smaller time step, or raise the relaxationTime"));
        }
        return Map(ref random, volume, internalPressure, pressure, kT, Every * timeStep);
    }

    private TriangularMap Map(
        ref RandomSequence random, double volume, in SymmetricTensor internalPressure, double pressure, double kT, double timeStep)
    {
        var rate = Compressibility * timeStep / RelaxationTime;
        if (Coupling == PressureCoupling.Isotropic)
        {
            var excess = pressure - internalPressure.Trace / 3 - kT / (2 * volume);
            var growth = 1 - 0.5 * rate * excess + Math.Sqrt(0.5 * kT * rate / volume) * random.NextNormal();
            var factor = Math.Cbrt(growth * growth);
            return TriangularMap.Diagonal(factor, factor, factor);
        }

        var noise = Math.Sqrt(2 * rate * kT / (3 * volume));
        var drift = -rate / 3;
        var bath = pressure - kT / volume;
        var xx = 1 + drift * (bath - internalPressure.XX) + noise * random.NextNormal();
        var yy = 1 + drift * (bath - internalPressure.YY) + noise * random.NextNormal();
        var zz = 1 + drift * (bath - internalPressure.ZZ) + noise * random.NextNormal();
        if (Coupling == PressureCoupling.Orthorhombic)
        {
            return TriangularMap.Diagonal(xx, yy, zz);
        }
        return CellDeformation.WithoutRotation(
            new(xx, Shear(internalPressure.XY, ref random), Shear(internalPressure.XZ, ref random)),
            new(Shear(internalPressure.XY, ref random), yy, Shear(internalPressure.YZ, ref random)),
            new(Shear(internalPressure.XZ, ref random), Shear(internalPressure.YZ, ref random), zz));

        double Shear(double stress, ref RandomSequence random) => -drift * stress + noise * random.NextNormal();
    }
}
