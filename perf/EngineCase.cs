using Engine.Core.Particles;
using Engine.Core.Simulations;
using Engine.Kernels.Devices;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>This engine on a workload: the whole step as a run takes it, with nothing written.</summary>
/// <param name="workload">What is run.</param>
/// <param name="version">Of this engine.</param>
/// <param name="device">Where; null for the processor.</param>
public sealed class EngineCase(MdWorkload workload, string version, Device? device = null) : IBenchCase
{
    /// <summary>Doubles and ints of a slot of <see cref="ParticleSystem"/>: positions, velocities, forces, inverse mass; id, images.</summary>
    private const double SlotBytes = 10 * sizeof(double) + 4 * sizeof(int);

    public string Name => "engine";

    public string Version => version;

    public IReadOnlyDictionary<string, double> Facts { get; private set; } = new Dictionary<string, double>();

    public StepTime Run(int threads, CancellationToken cancellation)
    {
        using var workers = new Workers(threads);
        var start = MdSetup.Start(workload);
        var input = MdSetup.Input(workload.Model, workload.Precision, workload.WarmSteps, workload.Steps);
        using var simulation = new Simulation(input, start, MdSetup.Potential(workload.Model, start.SpeciesTable), workers, device);
        // What building the start left behind must not be collected on the clock.
        GC.Collect();
        long rebuildsBefore = 0;
        var clock = new StageClock { Starting = () => rebuildsBefore = simulation.Rebuilds };
        if (!simulation.Run(clock, cancellation))
        {
            throw new OperationCanceledException(cancellation);
        }
        var rebuilds = simulation.Rebuilds - rebuildsBefore;
        var facts = new Dictionary<string, double>
        {
            ["skin"] = simulation.Skin,
            ["stepsPerRebuild"] = (double)workload.Steps / Math.Max(1, rebuilds),
            ["bytesPerAtom"] = (simulation.Bytes + (device is null ? SlotBytes * simulation.System.SlotCount : 0)) / start.Count,
        };
        if (simulation.ForceCheck is { } check)
        {
            facts["forceError"] = check.Error;
        }
        Facts = facts;
        return new(clock.Elapsed.Wall / workload.Steps, clock.Elapsed.Cpu / workload.Steps);
    }
}
