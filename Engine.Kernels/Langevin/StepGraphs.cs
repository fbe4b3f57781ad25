using System.Diagnostics;
using Engine.Kernels.Devices;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;
using Engine.Kernels.Random;

namespace Engine.Kernels.Langevin;

/// <summary>
/// Steps of molecular dynamics on a device, many launched ahead: a graph (a list of neighbours if the last one is out of date, then some times integration and forces, see
/// clock.cl) is repeated until the segment is done. Where all forces are those of pairs, forces and the motion after them are one kernel. The host looks at the clock one graph
/// late, so that the device waits for it only where a segment ends, or where there is something that only the host can do: room for more neighbours, another skin, a larger cell
/// along an open axis.
/// </summary>
public sealed class StepGraphs : IDisposable
{
    private const int GroupSize = 128;
    private const int GraphsInFlight = 2;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DevicePairForces pairs;
    private readonly IReadOnlyList<IDeviceForces> others;
    private readonly DeviceTexts texts;
    private readonly DeviceBuffer<uint> key;
    private readonly Dictionary<DeviceIntegrator, LaunchGraph> graphs = [];
    private DeviceBuffer<Float4> schedule;
    private int segment;
    private int listsLeft;

    /// <summary>Where particles are after every second step of a graph.</summary>
    private DeviceBuffer<Int4>? moved;

    public StepGraphs(DeviceParticles particles, DeviceNeighbourList list, DevicePairForces pairs, IReadOnlyList<IDeviceForces> others, DeviceTexts texts)
    {
        (this.particles, this.list, this.pairs, this.others, this.texts) = (particles, list, pairs, others, texts);
        var device = particles.Device;
        key = device.Allocate<uint>(4);
        schedule = device.Allocate<Float4>(1);
    }

    /// <summary>Whether every step has a kernel of its own for motion and for forces, also where one could do both; no bit depends on it.</summary>
    public bool AreSeparate { get; init; }

    /// <summary>One more than the largest id (over replicas) of a particle that cannot be right, as of the last look; 0 for none.</summary>
    public int BrokenParticle { get; private set; }

    /// <summary>The same of a particle that another one is at the same place of, or so near that the force has no measure.</summary>
    public int OverloadedParticle { get; private set; }

    /// <summary>Whether more charge came to a point of the mesh of an Ewald sum than it has room for, as of the last look.</summary>
    public bool MeshIsFull { get; private set; }

    /// <summary>Whether a particle has come near the end of its cell along an open axis, as of the last look.</summary>
    public bool NearOpenEnd { get; private set; }

    /// <summary>Lists that graphs have built, as of the last look.</summary>
    public long Lists { get; private set; }

    /// <summary>Steps that graphs have run since the last <see cref="Begin"/>.</summary>
    public int Done { get; private set; }

    /// <summary>How many lists graphs may build from now on until the host is to choose a skin.</summary>
    public void SetListsLeft(int value)
    {
        particles.Control.Upload([value], ControlWord.ListsLeft);
        listsLeft = value;
    }

    /// <summary>Forces of the present positions.</summary>
    public void ComputeForces() => LaunchForces(GraphStep.AtOnce);

    /// <summary>Looks at what kernels have found wrong.</summary>
    public void Look()
    {
        Span<int> control = stackalloc int[ControlWord.Count];
        particles.Control.Download(control);
        Lists += listsLeft - control[ControlWord.ListsLeft];
        listsLeft = control[ControlWord.ListsLeft];
        (BrokenParticle, OverloadedParticle) = (control[ControlWord.BrokenParticle], control[ControlWord.OverloadedParticle]);
        (NearOpenEnd, MeshIsFull) = (control[ControlWord.NearOpenEnd] != 0, control[ControlWord.MeshIsFull] != 0);
    }

    /// <summary>Starts a segment of steps.</summary>
    /// <param name="steps">For each step kick or mobility, drift, decay and noise, see move.cl.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Step of the run at which the segment starts: the counter of the random numbers.</param>
    public void Begin(ReadOnlySpan<Float4> steps, ulong seed, long step)
    {
        if (schedule.Length <= steps.Length)
        {
            schedule.Dispose();
            schedule = particles.Device.Allocate<Float4>(2 * steps.Length + 1);
            Forget();
        }
        schedule.Upload(steps);
        key.Upload([(uint)seed, (uint)(seed >> 32), (uint)step, (uint)(step >> 32)]);
        particles.Ring.Clear();
        // The second is NearOpenEnd.
        particles.Control.Upload([steps.Length, 0], ControlWord.SegmentLength);
        (segment, Done) = (steps.Length, 0);
    }

    /// <summary>Goes on with the segment until it is done or the host is needed.</summary>
    /// <param name="integrator">How.</param>
    /// <returns>Whether the segment is done; if not, build the list, then <see cref="Resume"/> and this again.</returns>
    public bool Advance(DeviceIntegrator integrator)
    {
        if (!graphs.TryGetValue(integrator, out var graph))
        {
            graph = particles.Device.Record(() => LaunchSteps(integrator));
            graphs.Add(integrator, graph);
        }
        var device = particles.Device;
        var looks = new Queue<PendingRead<int>>();
        var (stale, hostNeeded) = (false, false);
        while (true)
        {
            // Of those in flight none does more than its steps; a last one may have to build the list of the last positions.
            var more = Done + looks.Count * DeviceTexts.StepsPerGraph < segment || (stale && looks.Count == 0);
            if (more && !hostNeeded && looks.Count < GraphsInFlight)
            {
                graph.Launch();
                looks.Enqueue(device.ReadLater(particles.Ring));
                continue;
            }
            if (!looks.TryDequeue(out var look))
            {
                break;
            }
            var state = look.Wait();
            Done = state[2 * DeviceTexts.StepsPerGraph];
            stale = state[2 * DeviceTexts.StepsPerGraph + 1] != 0;
            hostNeeded = state[1] != 0;
            look.Dispose();
        }
        Look();
        return !stale;
    }

    /// <summary>After a list that was out of date was built: the forces of the step it stopped at, and the clock goes on.</summary>
    public void Resume()
    {
        LaunchForces(GraphStep.AtOnce);
        particles.Ring.Upload([Done, 0], 2 * DeviceTexts.StepsPerGraph);
        particles.Control.Upload([0], ControlWord.NearOpenEnd);
    }

    public void Dispose()
    {
        Forget();
        key.Dispose();
        schedule.Dispose();
        moved?.Dispose();
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
        var kernel = particles.Device.Compile(KernelText.Load(
            "integrate.cl", [texts.Prelude, "clock.cl", "particles.cl", "random.cl", "move.cl"], ("INTEGRATOR", (int)integrator)))["integrate"];
        var stream = (uint)(integrator == DeviceIntegrator.Brownian ? RandomStream.BrownianNoise : RandomStream.LangevinNoise);
        var p = particles;
        list.LaunchInGraph();
        foreach (var other in others)
        {
            other.ListBuilt(GraphStep.AfterList);
        }
        LaunchForces(GraphStep.AfterList);
        void Move(int graphStep, DeviceBuffer<Int4> to) => kernel.Launch(
            p.Count, GroupSize, p.Positions, to, p.Velocities, p.Images, p.Forces, p.Reference, schedule, p.Box, key, list.Limits, p.Ring, p.Control, graphStep, stream, p.Count,
            p.ReplicaSize);
        if (AreSeparate || others.Count > 0)
        {
            for (var graphStep = 0; graphStep < DeviceTexts.StepsPerGraph; graphStep++)
            {
                Move(graphStep, p.Positions);
                LaunchForces(graphStep);
            }
            return;
        }
        // Positions are where they were after an even number of exchanges.
        Debug.Assert(DeviceTexts.StepsPerGraph % 2 == 0);
        moved ??= p.Device.Allocate<Int4>(p.Count);
        var step = pairs.StepKernel(integrator);
        Move(0, moved);
        for (var graphStep = 1; graphStep < DeviceTexts.StepsPerGraph; graphStep++)
        {
            var (from, to) = graphStep % 2 == 0 ? (p.Positions, moved) : (moved, p.Positions);
            pairs.LaunchStep(step, new(schedule, key, stream), from, to, graphStep);
        }
        pairs.Launch(DeviceTexts.StepsPerGraph - 1);
    }

    private void LaunchForces(int graphStep)
    {
        pairs.Launch(graphStep);
        foreach (var other in others)
        {
            other.Launch(graphStep);
        }
    }
}
