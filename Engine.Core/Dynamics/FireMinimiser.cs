using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Langevin;
using Engine.Kernels.Memory;
using Engine.Kernels.Threading;

namespace Engine.Core.Dynamics;

/// <summary>
/// Minimises the energy (or with a relaxed cell the enthalpy U + P₀V) by the fast inertial relaxation engine: E. Bitzek et al.,
/// Phys. Rev. Lett. 97, 170201 (2006), in the form of J. Guénolé et al., Comput. Mater. Sci. 175, 109584 (2020) (FIRE 2.0, semi-implicit Euler,
/// half a step back when going uphill). All particles get the mean inverse mass. The cell's strains are further degrees of freedom whose
/// coordinate is strain · √N · (V/N)^⅓, so that they are about as stiff as a bond. Velocities are used up: they are zero afterwards.
/// </summary>
public sealed class FireMinimiser
{
    private const double Increase = 1.1;
    private const double Decrease = 0.5;
    private const double InitialMixing = 0.25;
    private const double MixingDecrease = 0.99;
    private const int Delay = 20;
    private const double LargestTimeStepFactor = 10;
    private const double SmallestTimeStepFactor = 0.02;

    private readonly FireSettings settings;
    private readonly SlotLoop sumsLoop;
    private readonly SlotLoop mixLoop;
    private readonly SlotLoop driftLoop;
    private FireSums[] partial = [];
    private double[] largest = [];
    private double velocityFactor;
    private double forceFactor;
    private double driftTime;
    private TriangularMap map;
    private ForceSums forces;
    private FireState state;

    /// <exception cref="InputException">A setting is out of range.</exception>
    public FireMinimiser(FireSettings settings)
    {
        Require(settings.MaximumForce > 0, "maximumForce", settings.MaximumForce, "a positive force");
        Require(settings.TimeStep > 0, "timeStep", settings.TimeStep, "a positive time");
        Require(settings.MaximumSteps >= 0, "maximumSteps", settings.MaximumSteps, "0 or more");
        Require(settings.MaximumDisplacement > 0, "maximumDisplacement", settings.MaximumDisplacement, "a positive length");
        Require(settings.PressureTolerance > 0, "maximumPressure", settings.PressureTolerance, "a positive pressure");
        this.settings = settings;
        sumsLoop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            partial[block] = MinimiserKernels.Sums(spans, start, end));
        mixLoop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            largest[block] = MinimiserKernels.Mix(spans, start, end, velocityFactor, forceFactor));
        driftLoop = new((ParticleSystem _, in ParticleSpans spans, int block, int start, int end) =>
            MinimiserKernels.Drift(spans, start, end, driftTime, map));
    }

    /// <summary>Energy and virial at the present positions; the energy is NaN until <see cref="Run"/> ends.</summary>
    public ForceSums Forces => forces;

    /// <summary>Minimises until the limits are met or the steps are used up.</summary>
    /// <param name="system">The particles; left with zero velocities and forces at the final positions.</param>
    /// <param name="workers">The thread team.</param>
    /// <param name="forceField">The force field.</param>
    /// <param name="report">Called after every step; false stops early.</param>
    /// <exception cref="RunFailedException">A force is not finite, or the cell collapses.</exception>
    public FireProgress Run(ParticleSystem system, Workers workers, IForceField forceField, Func<FireProgress, bool>? report = null)
    {
        Start(system, forceField);
        var progress = Measure(system, workers, out var sums);
        while (!progress.Converged && progress.Steps < settings.MaximumSteps)
        {
            Step(system, workers, forceField, sums);
            progress = Measure(system, workers, out sums);
            if (report is not null && !report(progress))
            {
                break;
            }
        }
        StopMotion(system);
        forceField.Prepare(system);
        forces = forceField.Compute(system, energy: true);
        return progress;
    }

    private void Start(ParticleSystem system, IForceField forceField)
    {
        if (settings.RelaxBox is not null)
        {
            CellDeformation.RequirePeriodic(system.Box, "relaxing the box");
        }
        StopMotion(system);
        forceField.Prepare(system);
        forces = forceField.Compute(system, energy: false);
        state = new(0, settings.TimeStep, InitialMixing, 0, default, 0);
    }

    private static void Require(bool fulfilled, string name, double found, string expected)
    {
        if (!fulfilled)
        {
            throw new InputException($"{name} of the minimiser is {found}; expected {expected}");
        }
    }

    private static void StopMotion(ParticleSystem system)
    {
        Array.Clear(system.VX);
        Array.Clear(system.VY);
        Array.Clear(system.VZ);
        system.KickLag = 0;
    }

    private void Step(ParticleSystem system, Workers workers, IForceField forceField, in FireSums sums)
    {
        var (steps, timeStep, mixing, downhill, strainVelocity, drifted) = state;
        var inertia = MeanAcceleration(system);
        var scale = StrainScale(system);
        var strainForce = StrainForce(system, scale);
        var power = sums.Power + Dot(strainForce, strainVelocity);
        var velocitySquared = sums.VelocitySquared + Dot(strainVelocity, strainVelocity);
        var forceSquared = sums.ForceSquared + Dot(strainForce, strainForce);

        if (power > 0)
        {
            downhill++;
            if (downhill > Delay)
            {
                timeStep = Math.Min(timeStep * Increase, LargestTimeStepFactor * settings.TimeStep);
                mixing *= MixingDecrease;
            }
        }
        else if (steps > 0)
        {
            downhill = 0;
            if (steps >= Delay)
            {
                timeStep = Math.Max(timeStep * Decrease, SmallestTimeStepFactor * settings.TimeStep);
            }
            mixing = InitialMixing;
            // The last step may have been shorter than its time step: no farther back than it went.
            Drift(system, workers, -0.5 * Math.Min(timeStep, drifted), strainVelocity, scale);
            StopMotion(system);
            strainVelocity = default;
            (power, velocitySquared) = (0, 0);
        }

        // |v| after the kick follows from the sums before it, so kick and mixing are one pass.
        var kick = timeStep * inertia;
        var speed = Math.Sqrt(Math.Max(0, velocitySquared + kick * (2 * power + kick * forceSquared)));
        velocityFactor = 1 - mixing;
        forceFactor = (1 - mixing) * kick + (forceSquared > 0 ? mixing * speed / Math.Sqrt(forceSquared) : 0);
        ScratchArray.Grow(ref largest, SlotLoop.Blocks(system));
        mixLoop.Run(system, workers);
        var fastest = 0.0;
        for (var b = 0; b < SlotLoop.Blocks(system); b++)
        {
            fastest = Math.Max(fastest, largest[b]);
        }
        strainVelocity = Combine(velocityFactor, strainVelocity, forceFactor, strainForce);
        // An affine map moves a particle by up to strain · box; the cell counts as one more particle whose move is limited per bond length.
        var strainSpeed = Math.Sqrt(Dot(strainVelocity, strainVelocity) / system.Count);
        fastest = Math.Max(Math.Sqrt(fastest), strainSpeed);
        var time = timeStep * fastest > settings.MaximumDisplacement ? settings.MaximumDisplacement / fastest : timeStep;
        Drift(system, workers, time, strainVelocity, scale);

        forceField.Prepare(system);
        forces = forceField.Compute(system, energy: false);
        state = new(steps + 1, timeStep, mixing, downhill, strainVelocity, time);

        void Drift(ParticleSystem system, Workers workers, double time, in TriangularMap strainVelocity, double scale)
        {
            driftTime = time;
            map = settings.RelaxBox is null ? TriangularMap.Identity : Combine(1, TriangularMap.Identity, time / scale, strainVelocity);
            driftLoop.Run(system, workers);
            if (settings.RelaxBox is not null)
            {
                system.Box = CellDeformation.Apply(map, system.Box);
                CellDeformation.Check(system.Box, settings.MinimumWidth, "relaxing the box");
                forceField.BoxChanged(system, CellDeformation.Reduce(system));
            }
        }
    }

    private FireProgress Measure(ParticleSystem system, Workers workers, out FireSums sums)
    {
        ScratchArray.Grow(ref partial, SlotLoop.Blocks(system));
        sumsLoop.Run(system, workers);
        sums = default;
        for (var b = 0; b < SlotLoop.Blocks(system); b++)
        {
            sums += partial[b];
        }
        if (!double.IsFinite(sums.ForceSquared))
        {
            throw new RunFailedException(
                $"minimisation found a force that is not a finite number after {state.Steps} steps; particles overlap; give random placements a minimumDistance, or the potential a guard");
        }
        var force = Math.Sqrt(sums.LargestForceSquared);
        var volume = system.Box.Volume;
        var deviation = settings.RelaxBox is null ? 0 : LargestComponent(StrainForce(system, 1)) / volume;
        var converged = force <= settings.MaximumForce && deviation <= settings.PressureTolerance;
        return new(state.Steps, converged, force, deviation, forces.Virial.Trace / (3 * volume));
    }

    /// <summary>−∂(U + P₀V)/∂(strain · scale): virial minus P₀V, restricted to the strains that are relaxed.</summary>
    private TriangularMap StrainForce(ParticleSystem system, double scale)
    {
        var w = forces.Virial;
        var bath = settings.Pressure * system.Box.Volume;
        switch (settings.RelaxBox)
        {
            case null:
                return default;
            case PressureCoupling.Isotropic:
                var mean = (w.Trace / 3 - bath) / scale;
                return TriangularMap.Diagonal(mean, mean, mean);
            case PressureCoupling.Orthorhombic:
                return TriangularMap.Diagonal((w.XX - bath) / scale, (w.YY - bath) / scale, (w.ZZ - bath) / scale);
            default:
                return new((w.XX - bath) / scale, (w.YY - bath) / scale, (w.ZZ - bath) / scale, w.XY / scale, w.XZ / scale, w.YZ / scale);
        }
    }

    private static double StrainScale(ParticleSystem system) =>
        Math.Sqrt(system.Count) * Math.Cbrt(system.Box.Volume / system.Count);

    private static double MeanAcceleration(ParticleSystem system)
    {
        var sum = 0.0;
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            sum += system.Id[slot] < 0 ? 0 : system.AccelerationPerForce[system.SpeciesOf(slot)];
        }
        return sum / system.Count;
    }

    private static double Dot(in TriangularMap a, in TriangularMap b) =>
        a.XX * b.XX + a.YY * b.YY + a.ZZ * b.ZZ + a.XY * b.XY + a.XZ * b.XZ + a.YZ * b.YZ;

    private static TriangularMap Combine(double a, in TriangularMap u, double b, in TriangularMap v) => new(
        a * u.XX + b * v.XX, a * u.YY + b * v.YY, a * u.ZZ + b * v.ZZ, a * u.XY + b * v.XY, a * u.XZ + b * v.XZ, a * u.YZ + b * v.YZ);

    private static double LargestComponent(in TriangularMap u) => Math.Max(
        Math.Max(Math.Abs(u.XX), Math.Max(Math.Abs(u.YY), Math.Abs(u.ZZ))),
        Math.Max(Math.Abs(u.XY), Math.Max(Math.Abs(u.XZ), Math.Abs(u.YZ))));
}
