using Engine.Kernels.Devices;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;
using Engine.Kernels.Random;

namespace Engine.Kernels.Langevin;

/// <summary>
/// Steps of molecular dynamics on a device, many launched ahead: a graph of some steps (integration and forces, see clock.cl) is repeated until the segment is done or
/// the list is out of date. The host looks at the clock one graph late, so that the device waits for it only where a list is built or a segment ends.
/// </summary>
public sealed class StepGraphs : IDisposable
{
    private const int GroupSize = 128;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DevicePairForces pairs;
    private readonly IReadOnlyList<IDeviceForces> others;
    private readonly DeviceTexts texts;
    private readonly DeviceBuffer<int> ring;
    private readonly DeviceBuffer<uint> key;
    private readonly DeviceBuffer<float> limits;
    private readonly Dictionary<DeviceIntegrator, DeviceKernel> kernels = [];
    private readonly Dictionary<DeviceIntegrator, LaunchGraph> graphs = [];
    private DeviceBuffer<Float4> schedule;
    private int segment;

    public StepGraphs(DeviceParticles particles, DeviceNeighbourList list, DevicePairForces pairs, IReadOnlyList<IDeviceForces> others, DeviceTexts texts)
    {
        (this.particles, this.list, this.pairs, this.others, this.texts) = (particles, list, pairs, others, texts);
        var device = particles.Device;
        ring = device.Allocate<int>(2 * (DeviceTexts.StepsPerGraph + 1));
        key = device.Allocate<uint>(4);
        limits = device.Allocate<float>(2);
        schedule = device.Allocate<Float4>(1);
        ring.Clear();
    }

    /// <summary>The clock, see clock.cl.</summary>
    public DeviceBuffer<int> Ring => ring;

    /// <summary>One more than the largest id (over replicas) of a particle that cannot be right, as of the last look; 0 for none.</summary>
    public int BrokenParticle { get; private set; }

    /// <summary>The same of a particle that another one is at the same place of, or so near that the force has no measure.</summary>
    public int OverloadedParticle { get; private set; }

    /// <summary>Whether a particle has come near the end of its cell along an open axis, as of the last look.</summary>
    public bool NearOpenEnd { get; private set; }

    /// <summary>Steps that graphs have run since the last <see cref="Begin"/>.</summary>
    public int Done { get; private set; }

    /// <summary>The list was built; distances that particles may move until it is out of date, and that none can move in truth [length].</summary>
    /// <param name="largest">Half of what the list reaches beyond the cutoff.</param>
    /// <param name="runaway">Beyond it, the run explodes.</param>
    /// <param name="recordAgain">Whether buffers of the list were replaced.</param>
    public void ListBuilt(double largest, double runaway, bool recordAgain)
    {
        limits.Upload([(float)(largest * largest), (float)(runaway * runaway)]);
        if (recordAgain)
        {
            Forget();
        }
    }

    /// <summary>Forces of the present positions.</summary>
    public void ComputeForces() => LaunchForces(-1);

    /// <summary>Looks at what kernels have found wrong.</summary>
    public void Look()
    {
        Span<int> control = stackalloc int[ControlWord.Count];
        particles.Control.Download(control);
        (BrokenParticle, NearOpenEnd, OverloadedParticle) = (control[ControlWord.BrokenParticle], control[ControlWord.NearOpenEnd] != 0, control[ControlWord.OverloadedParticle]);
    }

    /// <summary>Starts a segment of steps.</summary>
    /// <param name="steps">For each step kick or mobility, drift, decay and noise, see integrate.cl.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Step of the run at which the segment starts: the counter of the random numbers.</param>
    public void Begin(ReadOnlySpan<Float4> steps, ulong seed, long step)
    {
        if (schedule.Length < steps.Length)
        {
            schedule.Dispose();
            schedule = particles.Device.Allocate<Float4>(2 * steps.Length);
            Forget();
        }
        schedule.Upload(steps);
        key.Upload([(uint)seed, (uint)(seed >> 32), (uint)step, (uint)(step >> 32)]);
        ring.Clear();
        // The second is NearOpenEnd.
        particles.Control.Upload([steps.Length, 0], ControlWord.SegmentLength);
        (segment, Done) = (steps.Length, 0);
    }

    /// <summary>Goes on with the segment until it is done or the list must be built anew.</summary>
    /// <param name="integrator">How.</param>
    /// <param name="life">Steps that the list may be expected to last: no more are launched without a look, since those after the last good one do nothing.</param>
    /// <returns>Whether the segment is done; if not, build the list, then <see cref="ListBuilt"/>, <see cref="Resume"/> and this again.</returns>
    public bool Advance(DeviceIntegrator integrator, long life)
    {
        if (!graphs.TryGetValue(integrator, out var graph))
        {
            graph = particles.Device.Record(() => LaunchSteps(integrator));
            graphs.Add(integrator, graph);
        }
        var device = particles.Device;
        PendingRead<int>? earlier = null;
        var (start, ahead, stale) = (Done, Done, false);
        while (earlier is not null || (!stale && ahead < segment))
        {
            PendingRead<int>? later = null;
            if (!stale && ahead < segment && (earlier is null || ahead - start < life))
            {
                graph.Launch();
                ahead += DeviceTexts.StepsPerGraph;
                later = device.ReadLater(ring);
            }
            if (earlier is not null)
            {
                var state = earlier.Wait();
                Done = state[2 * DeviceTexts.StepsPerGraph];
                stale |= state[2 * DeviceTexts.StepsPerGraph + 1] != 0;
                earlier.Dispose();
            }
            earlier = later;
        }
        Look();
        return Done >= segment && !stale;
    }

    /// <summary>After a list that was out of date was built: the forces of the step it stopped at, and the clock goes on.</summary>
    public void Resume()
    {
        LaunchForces(-1);
        ring.Upload([Done, 0], 2 * DeviceTexts.StepsPerGraph);
        particles.Control.Upload([0], ControlWord.NearOpenEnd);
    }

    public void Dispose()
    {
        Forget();
        ring.Dispose();
        key.Dispose();
        limits.Dispose();
        schedule.Dispose();
    }

    /// <summary>What was recorded is recorded again when it is needed: a buffer was replaced.</summary>
    public void Forget()
    {
        foreach (var graph in graphs.Values)
        {
            graph.Dispose();
        }
        graphs.Clear();
    }

    private void LaunchSteps(DeviceIntegrator integrator)
    {
        var kernel = Kernel(integrator);
        var stream = (uint)(integrator == DeviceIntegrator.Brownian ? RandomStream.BrownianNoise : RandomStream.LangevinNoise);
        var p = particles;
        for (var graphStep = 0; graphStep < DeviceTexts.StepsPerGraph; graphStep++)
        {
            kernel.Launch(
                p.Count, GroupSize, p.Positions, p.Velocities, p.Images, p.Forces, p.Reference, schedule, p.Box, key, limits, ring, p.Control, graphStep, stream, p.Count,
                p.ReplicaSize);
            LaunchForces(graphStep);
        }
    }

    private void LaunchForces(int graphStep)
    {
        pairs.Launch(ring, graphStep);
        foreach (var other in others)
        {
            other.Launch(ring, graphStep);
        }
    }

    private DeviceKernel Kernel(DeviceIntegrator integrator)
    {
        if (!kernels.TryGetValue(integrator, out var kernel))
        {
            kernel = particles.Device.Compile(KernelText.Load(
                "integrate.cl", [texts.Prelude, "clock.cl", "particles.cl", "random.cl"], ("INTEGRATOR", (int)integrator)))["integrate"];
            kernels.Add(integrator, kernel);
        }
        return kernel;
    }
}
