using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Simulations;

/// <summary>
/// A run: owns the order of a step and is the only caller of its parts. Step n → n + 1: barostat (with the forces of n) → integrator → list and forces →
/// thermostat → drift → samples. The same input and seed give the same bits for any number of threads, and when the run is stopped and resumed.
/// </summary>
public sealed class Simulation : IDisposable
{
    private readonly RunInput input;
    private readonly Workers workers;
    private readonly Kinetics kinetics = new();
    private readonly double totalMass;
    private readonly string identityHash;
    private ForceSums forces;
    private bool hasVelocities;
    private double thermostatEnergy;
    private double stageStartTime;
    private long stageStep;
    private MeltCheck? meltCheck;
    private bool restored;

    /// <summary>Whether the energy was computed at the present step: it costs as much as half a force evaluation, so only rows of the table ask for it.</summary>
    private bool energyKnown;

    /// <summary>A minimisation that is cancelled is done again from its start, so that it ends at the same bits.</summary>
    private SimulationState? beforeMinimisation;

    /// <param name="input">What to do, resolved (<see cref="RunInput.Resolve"/>).</param>
    /// <param name="start">The first frame; masses filled in.</param>
    /// <param name="model">The interactions, built for the species of <paramref name="start"/>.</param>
    /// <param name="workers">The thread team; stays the caller's.</param>
    /// <exception cref="InputException">The start has no particles or a species no mass, or a melt is to be verified by a species it lacks.</exception>
    public Simulation(RunInput input, Configuration start, PotentialModel model, Workers workers)
    {
        this.input = input;
        this.workers = workers;
        Units = input.UnitSystem;
        Model = model;
        identityHash = input.IdentityHash();
        MeltCheck.CheckSpecies(input, start);
        System = ParticleSystem.FromConfiguration(start, Units);
        hasVelocities = start.Velocities is not null;
        ForceField = new(model, input.Precision == Precision.Mixed, workers, System);
        totalMass = start.Species.Sum(s => start.SpeciesTable[s].Mass);
    }

    public ParticleSystem System { get; private set; }

    public ForceField ForceField { get; }

    public PotentialModel Model { get; }

    public UnitSystem Units { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; private set; }

    /// <summary>Index of the stage under way.</summary>
    public int Stage { get; private set; }

    /// <summary>Time since the start [time].</summary>
    public double Time => stageStartTime + stageStep * (Stage < input.Stages.Length ? input.Stages[Stage].TimeStep ?? 0 : 0);

    /// <summary>Runs what is left of the input.</summary>
    /// <returns>False when cancelled; a checkpoint of the last completed step was taken then.</returns>
    /// <exception cref="RunFailedException">Explosion, overlap, collapse, a melt that did not melt.</exception>
    public bool Run(ISimulationObserver observer, CancellationToken cancellation)
    {
        if (!restored)
        {
            ForceField.Prepare(System);
        }
        // A run that begins with a minimisation may begin with overlaps.
        ForceField.AllowOverlap = Stage < input.Stages.Length && input.Stages[Stage].Minimise is not null;
        energyKnown = true;
        forces = ForceField.Compute(System, energyKnown);
        ForceField.AllowOverlap = false;
        NumberCheck.Require(System, forces, Step);
        while (Stage < input.Stages.Length)
        {
            var stage = input.Stages[Stage];
            observer.StageStarted(Stage, stage, Step);
            var finished = stage.Minimise is { } minimise
                ? Minimise(minimise, observer, cancellation)
                : RunStage(stage, observer, cancellation);
            if (!finished)
            {
                observer.CheckpointTaken(beforeMinimisation ?? Save());
                return false;
            }
            beforeMinimisation = null;
            observer.StageFinished(Stage, stage, Sample(stage));
            stageStartTime = Time;
            Stage++;
            stageStep = 0;
            observer.CheckpointTaken(Save());
        }
        return true;
    }

    /// <summary>The present state, copied.</summary>
    public SimulationState Save() => new()
    {
        InputHash = identityHash,
        Stage = Stage,
        StageStep = stageStep,
        Step = Step,
        StageStartTime = stageStartTime,
        HasVelocities = hasVelocities,
        ThermostatEnergy = thermostatEnergy,
        KickLag = System.KickLag,
        Box = System.Box,
        Count = System.Count,
        Id = Copy(System.Id),
        ClusterSpecies = System.ClusterSpecies.AsSpan(0, System.SlotCount / ParticleSystem.ClusterSize).ToArray(),
        X = Copy(System.X),
        Y = Copy(System.Y),
        Z = Copy(System.Z),
        VX = Copy(System.VX),
        VY = Copy(System.VY),
        VZ = Copy(System.VZ),
        ImageX = Copy(System.ImageX),
        ImageY = Copy(System.ImageY),
        ImageZ = Copy(System.ImageZ),
        Forces = ForceField.SaveState(System),
        MeltReference = meltCheck?.Reference ?? [],
        MeltDisplacementBefore = meltCheck?.DisplacementBefore ?? 0,
    };

    /// <summary>Puts the run where a state was saved.</summary>
    /// <exception cref="InputException">The state is of another run.</exception>
    public void Restore(SimulationState state)
    {
        if (state.InputHash != identityHash || state.Count != System.Count)
        {
            throw new InputException(
                $"the checkpoint is of the run {state.InputHash[..12]}, but this input is {identityHash[..12]}; expected the same input but for title, analysis and output.folder; undo the change, or start anew with --overwrite");
        }
        System.Load(state);
        ForceField.RestoreState(state.Forces, System);
        (Stage, stageStep, Step, stageStartTime) = (state.Stage, state.StageStep, state.Step, state.StageStartTime);
        (hasVelocities, thermostatEnergy) = (state.HasVelocities, state.ThermostatEnergy);
        restored = state.Forces.X.Length > 0;
        if (state.MeltReference.Length > 0 && input.Stages[Stage].VerifyMelt is { } verify)
        {
            meltCheck = new(verify, state.MeltReference, state.MeltDisplacementBefore);
        }
    }

    /// <summary>A copy of the particles in id order, with virial and, at steps of the thermodynamic table, energy.</summary>
    public Configuration Snapshot(FrameContents contents = FrameContents.All)
    {
        var frame = System.ToConfiguration(
            Step, Time, contents.HasFlag(FrameContents.Velocities), contents.HasFlag(FrameContents.Forces), workers);
        frame.Energy = energyKnown ? forces.Energy : null;
        frame.Virial = forces.Virial;
        return frame;
    }

    public void Dispose() => ForceField.Dispose();

    private bool RunStage(StageInput stage, ISimulationObserver observer, CancellationToken cancellation)
    {
        var timeStep = stage.TimeStep!.Value;
        var steps = stage.Steps!.Value;
        var integrator = CreateIntegrator(stage.Integrator!);
        var thermostat = stage.Thermostat is BussiInput bussi
            ? new BussiThermostat(input.Seed, bussi.RelaxationTime, Interval(bussi.RelaxationTime, timeStep))
            : null;
        var barostat = CreateBarostat(stage, timeStep);
        var removeDrift = stage.RemoveDrift!.Value;
        var degrees = DegreesOfFreedom(stage);
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
            var kT = stage.Temperature is null ? 0 : Units.Boltzmann * stage.TemperatureAt(stageStep * timeStep);
            barostat?.Apply(
                System, workers, kinetics, ForceField, Step, timeStep, kT,
                stage.PressureAt(stageStep * timeStep) / Units.PressurePerEnergyDensity, forces.Virial, integrator.HasVelocities);
            integrator.Step(System, workers, Step, timeStep, kT);
            Step++;
            stageStep++;
            var last = stageStep == steps;
            ForceField.Prepare(System);
            energyKnown = last || RowDue;
            forces = ForceField.Compute(System, energyKnown);
            NumberCheck.Require(System, forces, Step);
            if (thermostat is not null)
            {
                thermostatEnergy += thermostat.Apply(System, workers, kinetics, Step, timeStep, kT, degrees);
            }
            if (removeDrift && Step % DriftInterval == 0)
            {
                kinetics.RemoveDrift(System, workers);
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
                observer.CheckpointTaken(Save());
            }
        }
        return true;
    }

    /// <summary>Without noise the total momentum is conserved, and it was zero at the start.</summary>
    private int DegreesOfFreedom(StageInput stage) =>
        Kinetics.DegreesOfFreedom(System.Count, stage.Integrator is not (LangevinInput or BrownianInput));

    /// <summary>Rounding moves the centre of mass so slowly that it need not be stopped at every step.</summary>
    private const int DriftInterval = 1000;

    /// <summary>
    /// Thermostat and barostat act every so many steps: often enough that a twentieth of their relaxation time passes, at most every tenth.
    /// </summary>
    private static int Interval(double relaxationTime, double timeStep) => (int)Math.Clamp(relaxationTime / (20 * timeStep), 1, 10);

    private bool RowDue => Step % input.Output.Thermo.Every == 0;

    private void StartStage(StageInput stage)
    {
        if (!hasVelocities && stage.Integrator is not BrownianInput)
        {
            var temperature = Step == 0 && input.InitialTemperature is { } initial
                ? initial
                : stage.Temperature is null ? input.InitialTemperature ?? 0 : stage.TemperatureAt(0);
            InitialVelocities.Draw(System, workers, input.Seed, Units.Boltzmann * temperature, draw: Step);
            hasVelocities = true;
        }
        else if (Step == 0 && input.InitialTemperature is { } initial)
        {
            InitialVelocities.Draw(System, workers, input.Seed, Units.Boltzmann * initial);
            hasVelocities = true;
        }
        meltCheck = stage.VerifyMelt is { } verify ? new(verify, System) : null;
    }

    private void Observe(StageInput stage, ISimulationObserver observer, int degrees)
    {
        if (RowDue)
        {
            observer.Sampled(Sample(stage, degrees));
        }
        var contents = observer.WantedFrame(Step);
        if (contents != FrameContents.None)
        {
            observer.FrameTaken(Snapshot(contents));
        }
    }

    private ThermoSample Sample(StageInput stage, int? degreesOfFreedom = null)
    {
        var brownian = stage.Integrator is BrownianInput;
        var degrees = degreesOfFreedom ?? DegreesOfFreedom(stage);
        var target = stage.Temperature is null ? double.NaN : stage.TemperatureAt(stageStep * stage.TimeStep!.Value);
        // Overdamped particles have no velocities of their own; their kinetic pressure is that of the bath.
        var kinetic = brownian
            ? SymmetricTensor.Isotropic(System.Count * Units.Boltzmann * target)
            : kinetics.KineticTensor(System, workers);
        var volume = System.Box.Volume;
        return new()
        {
            Step = Step,
            Time = Time,
            Stage = Stage,
            Temperature = brownian ? target : Kinetics.Temperature(0.5 * kinetic.Trace, degrees, Units.Boltzmann),
            TargetTemperature = target,
            PotentialEnergy = energyKnown ? forces.Energy : double.NaN,
            KineticEnergy = brownian ? 0 : 0.5 * kinetic.Trace,
            PressureTensor = Units.PressurePerEnergyDensity / volume * (kinetic + forces.Virial),
            Volume = volume,
            Density = Units.IsReduced ? System.Count / volume : Units.DensityPerMassVolume * totalMass / volume,
            Box = System.Box,
            ThermostatEnergy = thermostatEnergy,
        };
    }

    private bool Minimise(MinimiseInput settings, ISimulationObserver observer, CancellationToken cancellation)
    {
        beforeMinimisation = Save();
        var minimiser = new FireMinimiser(new()
        {
            MaximumForce = settings.MaximumForce,
            TimeStep = FireTimeStep(),
            MaximumSteps = (int)Math.Min(settings.MaximumSteps, int.MaxValue),
            MaximumDisplacement = Units.IsReduced ? 0.05 : Quantity.Parse("0.1 Angstrom", QuantityKind.Length, Units),
            RelaxBox = settings.RelaxBox ? PressureCoupling.Isotropic : null,
            Pressure = settings.Pressure / Units.PressurePerEnergyDensity,
            PressureTolerance = settings.PressureTolerance!.Value / Units.PressurePerEnergyDensity,
            MinimumWidth = MinimumWidth,
        });
        ForceField.AllowOverlap = true;
        minimiser.Run(System, workers, ForceField, progress =>
        {
            observer.Minimised(progress);
            return !cancellation.IsCancellationRequested;
        });
        ForceField.AllowOverlap = false;
        energyKnown = true;
        forces = minimiser.Forces;
        NumberCheck.Require(System, forces, Step);
        hasVelocities = false;
        return !cancellation.IsCancellationRequested;
    }

    /// <summary>The time step of the run's dynamics; without any, 1 fs or 0.005 in reduced units.</summary>
    private double FireTimeStep() => input.Stages.Select(stage => stage.TimeStep).FirstOrDefault(step => step is not null)
        ?? (Units.IsReduced ? 0.005 : Quantity.Parse("1 fs", QuantityKind.Time, Units));

    private double MinimumWidth => 0.5 * Model.MaximumCutoff;

    private IIntegrator CreateIntegrator(IntegratorInput integrator) => integrator switch
    {
        LangevinInput langevin => new LangevinDynamics(input.Seed, langevin.Friction),
        BrownianInput brownian => new BrownianDynamics(input.Seed, brownian.Friction),
        _ => new VelocityVerlet(),
    };

    private CellRescaling? CreateBarostat(StageInput stage, double timeStep) => stage.Barostat is CellRescalingInput settings
        ? new CellRescaling(
            input.Seed,
            settings.Coupling,
            settings.RelaxationTime,
            settings.Compressibility * Units.PressurePerEnergyDensity,
            MinimumWidth,
            Interval(settings.RelaxationTime, timeStep))
        : null;

    private T[] Copy<T>(T[] array) => array.AsSpan(0, System.SlotCount).ToArray();
}
