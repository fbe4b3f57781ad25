using Engine.Core.Dynamics;
using Engine.Core.Forces;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;

namespace Engine.Core.Simulations;

/// <summary>The particles of a run on the processor.</summary>
internal sealed class CpuDynamics : IDynamics
{
    private readonly ulong seed;
    private readonly Workers workers;
    private readonly Kinetics kinetics = new();
    private readonly CellDeformationLoop deformation = new();
    private IIntegrator? integrator;
    private IntegratorInput? integratorInput;
    private bool restored;

    public CpuDynamics(ParticleSystem system, PotentialModel model, bool singlePrecision, ulong seed, Workers workers)
    {
        (this.seed, this.workers, System) = (seed, workers, system);
        HostForces = new(model, singlePrecision, workers, system);
    }

    public ParticleSystem System { get; }

    public ForceField HostForces { get; }

    public int Stride => 1;

    public long Rebuilds => HostForces.Rebuilds;

    public double Skin => HostForces.Skin;

    public long Bytes => HostForces.Bytes;

    public ForceSums Start(bool allowOverlap)
    {
        if (!restored)
        {
            HostForces.Prepare(System);
        }
        restored = false;
        HostForces.AllowOverlap = allowOverlap;
        var sums = HostForces.Compute(System, energy: true);
        HostForces.AllowOverlap = false;
        return sums;
    }

    public ForceSums Advance(in Motion motion, long step, long stageStep, int count, bool energy, bool virial)
    {
        if (integrator is null || integratorInput != motion.Integrator)
        {
            (integrator, integratorInput) = (Create(motion.Integrator), motion.Integrator);
        }
        var sums = default(ForceSums);
        for (var k = 0; k < count; k++)
        {
            integrator.Step(System, workers, step + k, motion.TimeStep, motion.ThermalEnergy(stageStep + k));
            HostForces.Prepare(System);
            sums = HostForces.Compute(System, energy && k == count - 1);
            NumberCheck.Require(System, sums, step + k + 1);
        }
        return sums;
    }

    public long[]? CountPairs(double maximum, int bins) => null;

    public SymmetricTensor KineticTensor() => kinetics.KineticTensor(System, workers);

    public void Scale(double factor) => kinetics.Scale(System, workers, factor);

    public void RemoveDrift() => kinetics.RemoveDrift(System, workers);

    public void Deform(in TriangularMap map, double halfStep, double minimumWidth, string cause)
    {
        deformation.Run(System, workers, map, halfStep > 0 ? System.KickLag + halfStep : 0);
        if (halfStep > 0)
        {
            System.KickLag = -halfStep;
        }
        CellDeformation.Check(System.Box, minimumWidth, cause);
        HostForces.BoxChanged(System, CellDeformation.Reduce(System));
    }

    public void Synchronise(FrameContents contents = FrameContents.All)
    {
    }

    public ForceCheck? CheckForces() => null;

    public void Changed(bool positions)
    {
    }

    public SimulationState Save(SimulationState state) => state with
    {
        Device = "cpu",
        KickLag = System.KickLag,
        Box = System.Box,
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
        Forces = HostForces.SaveState(System),
    };

    public void Load(SimulationState state)
    {
        if (state.Device != "cpu")
        {
            System.LoadById(state);
            return;
        }
        System.Load(state);
        HostForces.RestoreState(state.Forces, System);
        restored = state.Forces.Built.X.Length > 0;
    }

    public void Dispose() => HostForces.Dispose();

    private IIntegrator Create(IntegratorInput input) => input switch
    {
        LangevinInput langevin => new LangevinDynamics(seed, langevin.Friction),
        BrownianInput brownian => new BrownianDynamics(seed, brownian.Friction),
        _ => new VelocityVerlet(),
    };

    private T[] Copy<T>(T[] array) => array.AsSpan(0, System.SlotCount).ToArray();
}
