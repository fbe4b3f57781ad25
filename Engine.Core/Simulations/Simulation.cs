using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Simulations;

/// <summary>
/// A run: owns the order of a step and is the only caller of its parts. Step n → n + 1: barostat (with the forces of n) → integrator → list and forces →
/// thermostat → drift → samples. The same input and seed give the same bits for any number of threads, and when the run is stopped and resumed.
/// </summary>
public sealed partial class Simulation : IDisposable
{
    private readonly RunInput input;
    private readonly Workers workers;
    private readonly IDynamics dynamics;
    private readonly double totalMass;
    private readonly string identityHash;
    private ForceSums forces;
    private bool started;
    private bool hasVelocities;
    private double thermostatEnergy;
    private double stageStartTime;
    private long stageStep;
    private MeltCheck? meltCheck;

    /// <summary>Whether the energy was computed at the present step: it costs as much as half a force evaluation, so only rows of the table ask for it.</summary>
    private bool energyKnown;

    /// <summary>A minimisation that is cancelled is done again from its start, so that it ends at the same bits.</summary>
    private SimulationState? beforeMinimisation;

    /// <param name="input">What to do, resolved (<see cref="RunInput.Resolve"/>).</param>
    /// <param name="start">The first frame; masses filled in.</param>
    /// <param name="model">The interactions, built for the species of <paramref name="start"/>.</param>
    /// <param name="workers">The thread team; stays the caller's.</param>
    /// <param name="device">Where particles are moved, null for the processor; stays the caller's.</param>
    /// <exception cref="InputException">The start has no particles or a species no mass, a melt is to be verified by a species it lacks, or the device cannot do what is asked.</exception>
    public Simulation(RunInput input, Configuration start, PotentialModel model, Workers workers, Device? device = null)
    {
        this.input = input;
        this.workers = workers;
        Units = input.UnitSystem;
        Model = model;
        identityHash = input.IdentityHash();
        MeltCheck.CheckSpecies(input, start);
        var system = ParticleSystem.FromConfiguration(start, Units);
        hasVelocities = start.Velocities is not null;
        var mixed = input.Precision == Precision.Mixed;
        if (device is not null && !mixed)
        {
            throw new InputException($"precision is double, but {device.Address} computes in mixed precision; set \"precision\" to \"mixed\", or use --device cpu");
        }
        var mayTilt = input.Stages.Any(stage => stage.Barostat is CellRescalingInput { Coupling: PressureCoupling.Anisotropic });
        dynamics = device is null
            ? new CpuDynamics(system, model, mixed, input.Seed, workers)
            : new DeviceDynamics(device, system, model, mayTilt, input.Seed, mixed, workers);
        totalMass = start.Species.Sum(s => start.SpeciesTable[s].Mass);
    }

    /// <summary>Number of particles.</summary>
    public int Count => dynamics.System.Count;

    /// <summary>Neighbour lists built so far.</summary>
    public long Rebuilds => dynamics.Rebuilds;

    /// <summary>Skin of the present list [length].</summary>
    public double Skin => dynamics.Skin;

    /// <summary>Bytes of lists, kernels and, on a device, particles.</summary>
    public long Bytes => dynamics.Bytes;

    /// <summary>How far the forces of a device were from the processor's at the first step of this process; null on the processor and before.</summary>
    public ForceCheck? ForceCheck { get; private set; }

    /// <summary>The particles, as of now.</summary>
    public ParticleSystem System
    {
        get
        {
            dynamics.Synchronise();
            return dynamics.System;
        }
    }

    public PotentialModel Model { get; }

    public UnitSystem Units { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    /// <summary>Index of the stage under way.</summary>
    public int Stage { get; private set; }

    /// <summary>Time since the start [time].</summary>
    public double Time => stageStartTime + stageStep * (Stage < input.Stages.Length ? input.Stages[Stage].TimeStep ?? 0 : 0);

    /// <summary>The forces that the run begins with, or goes on with; <see cref="Run"/> does this where it was not done.</summary>
    /// <exception cref="ForceException">Particles are nearer than the potential allows, unless the run begins with a minimisation, or forces are no numbers.</exception>
    public void Start()
    {
        if (started)
        {
            return;
        }
        energyKnown = true;
        forces = dynamics.Start(allowOverlap: Stage < input.Stages.Length && input.Stages[Stage].Minimise is not null);
        if (!double.IsFinite(forces.Energy + forces.Virial.Trace))
        {
            NumberCheck.Require(System, forces, Step > 0 ? Step : null);
        }
        started = true;
    }

    /// <summary>Runs what is left of the input.</summary>
    /// <returns>False when cancelled; a checkpoint of the last completed step was taken then.</returns>
    /// <exception cref="RunFailedException">Explosion, overlap, collapse, a melt that did not melt, a device that computes other forces than the processor.</exception>
    public bool Run(ISimulationObserver observer, CancellationToken cancellation)
    {
        Start();
        while (Stage < input.Stages.Length)
        {
            var stage = input.Stages[Stage];
            if (stage.Minimise is null)
            {
                ForceCheck ??= dynamics.CheckForces();
            }
            observer.StageStarted(Stage, stage, Step);
            var finished = stage.Minimise is { } minimise
                ? Minimise(minimise, observer, cancellation)
                : RunStage(stage, observer, cancellation);
            if (!finished)
            {
                observer.CheckpointTaken(beforeMinimisation ?? Save(), isLast: true);
                return false;
            }
            beforeMinimisation = null;
            observer.StageFinished(Stage, stage, Sample(stage));
            stageStartTime = Time;
            Stage++;
            stageStep = 0;
            observer.CheckpointTaken(Save(), isLast: Stage == input.Stages.Length);
        }
        return true;
    }

    /// <summary>The present state, copied.</summary>
    public SimulationState Save() => dynamics.Save(new()
    {
        InputHash = identityHash,
        Stage = Stage,
        StageStep = stageStep,
        Step = Step,
        StageStartTime = stageStartTime,
        HasVelocities = hasVelocities,
        ThermostatEnergy = thermostatEnergy,
        Count = Count,
        MeltReference = meltCheck?.Reference ?? [],
        MeltDisplacementBefore = meltCheck?.DisplacementBefore ?? 0,
    });

    /// <summary>Puts the run where a state was saved.</summary>
    /// <exception cref="InputException">The state is of another run.</exception>
    public void Restore(SimulationState state)
    {
        if (state.InputHash != identityHash || state.Count != Count)
        {
            throw new InputException(
                $"the checkpoint is of the run {state.InputHash[..12]}, but this input is {identityHash[..12]}; expected the same input but for title, analysis and output.folder; undo the change, or start anew with --overwrite");
        }
        dynamics.Load(state);
        started = false;
        (Stage, stageStep, Step, stageStartTime) = (state.Stage, state.StageStep, state.Step, state.StageStartTime);
        (hasVelocities, thermostatEnergy) = (state.HasVelocities, state.ThermostatEnergy);
        if (state.MeltReference.Length > 0 && input.Stages[Stage].VerifyMelt is { } verify)
        {
            meltCheck = new(verify, state.MeltReference, state.MeltDisplacementBefore);
        }
    }

    public void Dispose() => dynamics.Dispose();

    private bool RunStage(StageInput stage, ISimulationObserver observer, CancellationToken cancellation)
    {
        var timeStep = stage.TimeStep!.Value;
        var steps = stage.Steps!.Value;
        var overdamped = stage.Integrator is BrownianInput;
        var motion = new Motion(
            stage.Integrator!, timeStep, k => stage.Temperature is null ? 0 : Units.Boltzmann * stage.TemperatureAt(k * timeStep));
        var thermostat = stage.Thermostat is BussiInput bussi
            ? new BussiThermostat(input.Seed, bussi.RelaxationTime, Interval(bussi.RelaxationTime, timeStep))
            : null;
        var barostat = CreateBarostat(stage, timeStep);
        var removeDrift = stage.RemoveDrift!.Value;
        var degrees = DegreesOfFreedom(stage);
        pairRange = null;
        if (stageStep == 0)
        {
            StartStage(stage);
            if (Step == 0)
            {
                Observe(stage, observer, degrees);
            }
        }
        while (stageStep < steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                return false;
            }
            if (barostat?.IsDue(Step) == true)
            {
                Rescale(barostat, stage, timeStep, motion.ThermalEnergy(stageStep), overdamped);
            }
            var count = UntilSomethingHappens(steps, thermostat, barostat, removeDrift, observer);
            var last = stageStep + count == steps;
            energyKnown = last || RowDueAt(Step + count);
            var virial = energyKnown || barostat?.IsDue(Step + count) == true || observer.WantedFrame(Step + count) != FrameContents.None;
            var kT = motion.ThermalEnergy(stageStep + count - 1);
            forces = dynamics.Advance(motion, Step, stageStep, count, energyKnown, virial);
            Step += count;
            stageStep += count;
            if (thermostat?.IsDue(Step) == true)
            {
                var kineticEnergy = 0.5 * dynamics.KineticTensor().Trace;
                var factor = thermostat.FactorFor(kineticEnergy, Step, timeStep, kT, degrees);
                dynamics.Scale(factor);
                thermostatEnergy += (factor * factor - 1) * kineticEnergy;
            }
            if (removeDrift && Step % DriftInterval == 0)
            {
                dynamics.RemoveDrift();
            }
            if (meltCheck is not null && stageStep == steps * 3 / 4)
            {
                meltCheck.Note(System);
            }
            if (last)
            {
                meltCheck?.Check(System, $"stage {stage.Name}");
                meltCheck = null;
            }
            Observe(stage, observer, degrees);
            observer.Stepped(Step, kT / Units.Boltzmann);
            if (Step % input.Output.Checkpoint.Every == 0 && !last)
            {
                observer.CheckpointTaken(Save(), isLast: false);
            }
        }
        return true;
    }

    private void Rescale(CellRescaling barostat, StageInput stage, double timeStep, double kT, bool overdamped)
    {
        var kinetic = overdamped ? SymmetricTensor.Isotropic(Count * kT) : dynamics.KineticTensor();
        var pressure = stage.PressureAt(stageStep * timeStep) / Units.PressurePerEnergyDensity;
        var map = barostat.MapFor(dynamics.System.Box, Step, timeStep, kT, pressure, kinetic, forces.Virial);
        dynamics.Deform(map, overdamped ? 0 : 0.5 * timeStep, barostat.MinimumWidth, CellRescaling.Cause(Step));
    }

    /// <summary>Steps until someone other than the integrator has to act, at most as many as are worth doing at once.</summary>
    private int UntilSomethingHappens(
        long steps, BussiThermostat? thermostat, CellRescaling? barostat, bool removeDrift, ISimulationObserver observer)
    {
        var most = (int)Math.Min(dynamics.Stride, steps - stageStep);
        for (var count = 1; count < most; count++)
        {
            var step = Step + count;
            if (RowDueAt(step) || observer.WantedFrame(step) != FrameContents.None || thermostat?.IsDue(step) == true || barostat?.IsDue(step) == true
                || (removeDrift && step % DriftInterval == 0) || step % input.Output.Checkpoint.Every == 0
                || (meltCheck is not null && stageStep + count == steps * 3 / 4))
            {
                return count;
            }
        }
        return most;
    }

    /// <summary>Without noise the total momentum is conserved, and it was zero at the start.</summary>
    private int DegreesOfFreedom(StageInput stage) =>
        Kinetics.DegreesOfFreedom(Count, stage.Integrator is not (LangevinInput or BrownianInput));

    /// <summary>Rounding moves the centre of mass so slowly that it need not be stopped at every step.</summary>
    private const int DriftInterval = 1000;

    /// <summary>
    /// Thermostat and barostat act every so many steps: often enough that a twentieth of their relaxation time passes, at most every tenth.
    /// </summary>
    private static int Interval(double relaxationTime, double timeStep) => (int)Math.Clamp(relaxationTime / (20 * timeStep), 1, 10);

    private void StartStage(StageInput stage)
    {
        if (!hasVelocities && stage.Integrator is not BrownianInput)
        {
            Draw(
                Step == 0 && input.InitialTemperature is { } initial
                    ? initial
                    : stage.Temperature is null ? input.InitialTemperature ?? 0 : stage.TemperatureAt(0),
                draw: Step);
        }
        else if (Step == 0 && input.InitialTemperature is { } initial)
        {
            Draw(initial, draw: 0);
        }
        meltCheck = stage.VerifyMelt is { } verify ? new(verify, System) : null;
    }

    private void Draw(double temperature, long draw)
    {
        InitialVelocities.Draw(System, workers, input.Seed, Units.Boltzmann * temperature, draw: draw);
        dynamics.Changed(positions: false);
        hasVelocities = true;
    }

    private bool Minimise(MinimiseInput settings, ISimulationObserver observer, CancellationToken cancellation)
    {
        beforeMinimisation = Save();
        var minimiser = new FireMinimiser(new()
        {
            MaximumForce = settings.MaximumForce,
            TimeStep = input.MinimisationTimeStep,
            MaximumSteps = (int)Math.Min(settings.MaximumSteps, int.MaxValue),
            MaximumDisplacement = Units.IsReduced ? 0.05 : Quantity.Parse("0.1 Angstrom", QuantityKind.Length, Units),
            RelaxBox = settings.RelaxBox ? PressureCoupling.Isotropic : null,
            Pressure = settings.Pressure / Units.PressurePerEnergyDensity,
            PressureTolerance = settings.PressureTolerance!.Value / Units.PressurePerEnergyDensity,
            MinimumWidth = MinimumWidth,
        });
        var system = System;
        dynamics.HostForces.AllowOverlap = true;
        observer.Minimised(minimiser.Run(system, workers, dynamics.HostForces, progress =>
        {
            observer.Minimised(progress);
            return !cancellation.IsCancellationRequested;
        }));
        dynamics.HostForces.AllowOverlap = false;
        energyKnown = true;
        forces = minimiser.Forces;
        NumberCheck.Require(system, forces, Step > 0 ? Step : null);
        dynamics.Changed(positions: true);
        hasVelocities = false;
        return !cancellation.IsCancellationRequested;
    }

    private double MinimumWidth => 0.5 * Model.Reach;

    private CellRescaling? CreateBarostat(StageInput stage, double timeStep) => stage.Barostat is CellRescalingInput settings
        ? new CellRescaling(
            input.Seed,
            settings.Coupling,
            settings.RelaxationTime,
            settings.Compressibility * Units.PressurePerEnergyDensity,
            MinimumWidth,
            Interval(settings.RelaxationTime, timeStep))
        : null;
}
