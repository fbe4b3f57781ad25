using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Kernels.Devices;

namespace Engine.Perf.Devices;

/// <summary>A device under measurement.</summary>
/// <param name="device">Which; stays the caller's.</param>
/// <param name="bounds">What it can do at best.</param>
/// <param name="rounds">Rounds of whole runs; the median counts.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class DeviceSession(Device device, DeviceBounds bounds, int rounds, CancellationToken cancellation)
{
    /// <summary>All ways to move.</summary>
    public static IReadOnlyList<IntegratorInput> Integrators { get; } = [new VelocityVerletInput(), new LangevinInput { Friction = 1 }, new BrownianInput { Friction = 100 }];

    public Device Device => device;

    public int Rounds => rounds;

    public CancellationToken Cancellation => cancellation;

    /// <summary>A device of OpenCL may be the processor, which is a hundred times slower.</summary>
    public bool IsCuda => device.Description.Kind == DeviceKind.Cuda;

    public DeviceBounds Bounds => bounds;

    /// <summary>Particles on the device.</summary>
    /// <param name="start">The particles.</param>
    /// <param name="model">Their interactions.</param>
    /// <param name="tilted">Whether kernels are those of a tilted cell.</param>
    /// <param name="lanes">Threads for a particle; 0 to choose.</param>
    /// <param name="skin">[length]; null to tune it.</param>
    /// <param name="separateSteps">Whether motion and forces have kernels of their own where one could do both.</param>
    public DeviceMotion Motion(Configuration start, PotentialModel model, bool tilted = false, int lanes = 0, double? skin = null, bool separateSteps = false)
    {
        var system = ParticleSystem.FromConfiguration(start, model.Units);
        var motion = new DeviceMotion(device, model, DeviceUpload.CountSpecies(system), replicas: 1, system.Box, tilted, seed: 1, lanes, skin, separateSteps);
        var upload = new DeviceUpload(system.Count);
        upload.Add(system, [.. Enumerable.Range(0, system.Count)], DeviceUpload.CellFor([system], former: null, motion.Reach));
        upload.To(motion);
        return motion;
    }

    /// <summary>The same of a workload of the benchmarks.</summary>
    public DeviceMotion Motion(MdWorkload workload, bool tilted = false, int lanes = 0, double? skin = null, bool separateSteps = false)
    {
        var start = MdSetup.Start(workload);
        return Motion(start, MdSetup.Potential(workload.Model, start.SpeciesTable), tilted, lanes, skin, separateSteps);
    }

    /// <summary>A frame of what moves: positions and forces.</summary>
    public static Configuration Frame(DeviceMotion motion, Configuration start, PotentialModel model)
    {
        var system = ParticleSystem.FromConfiguration(start, model.Units);
        var p = motion.Particles;
        DeviceUpload.Take(system, motion.Cell, motion.Lag, p.Positions.ToArray(), p.Images.ToArray(), [], p.Forces.ToArray());
        return system.ToConfiguration(velocities: false);
    }
}
