using Engine.Kernels.Devices;
using Engine.Kernels.Langevin;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Kernels.Reduce;

namespace Engine.Kernels.Pair;

/// <summary>Pair forces on a device, over full neighbour lists; the formulas are spliced into the kernel's text.</summary>
public sealed class DevicePairForces : IDisposable
{
    private const int GroupSize = 128;

    /// <summary>Leaves each of its threads 80 registers of a CUDA device; forces of HfO₂ from tables, and the motion after them, take 66 (NVRTC 12.4 for sm_90).</summary>
    private const int LargestGroup = 768;

    /// <summary>A group fits a multiprocessor of every card since 2020.</summary>
    private const int MostStagedBytes = 100 * 1024;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DeviceKernel forces;
    private readonly DeviceKernel sums;
    private readonly DeviceTexts texts;
    private readonly (string, object)[] definitions;

    /// <summary>What stands before the texts of kernels that compute forces, after the definitions of a cell.</summary>
    private readonly string[] snippets;
    private readonly int stagedBytes;
    private readonly DeviceBuffer<float> rows;
    private readonly DeviceBuffer<float> tables;
    private readonly DeviceSums total;
    private readonly int lanes;
    private readonly int forceGroup;

    /// <param name="particles">The particles.</param>
    /// <param name="list">Their neighbours.</param>
    /// <param name="formulas">The interactions.</param>
    /// <param name="species">Number of species.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="lanes">Threads that share a particle: 1, 2, 4, 8, 16 or 32; more fill a device with few particles. With more than one, the list has rows.</param>
    public DevicePairForces(DeviceParticles particles, DeviceNeighbourList list, PairFormulas formulas, int species, DeviceTexts texts, int lanes)
    {
        if (lanes > 1 && !list.HasRows)
        {
            throw new ArgumentException($"{lanes} threads were to share a particle, expected one where the list has no rows", nameof(lanes));
        }
        (this.particles, this.list, this.texts, this.lanes) = (particles, list, texts, lanes);
        var device = particles.Device;
        // A few large groups, which copy the tables once each, where several threads share a particle.
        var staged = lanes > 1 && sizeof(float) * formulas.ForceTables <= Math.Min(MostStagedBytes, device.LocalRoom - 16 * LargestGroup) ? formulas.ForceTables / 4 : 0;
        forceGroup = staged > 0 ? LargeGroup(particles.Count * lanes, device.Description.ComputeUnits) : GroupSize;
        definitions = [("LANES", lanes), ("PAIR_SPECIES", species), ("PAIR_STRIDE", formulas.Stride), ("STAGED_TABLES", staged), ("FORCE_GROUP", forceGroup)];
        snippets = ["clock.cl", "particles.cl", "reduce.cl", "table.cl", formulas.Text, "pair_force.cl"];
        stagedBytes = 16 * staged;
        var program = device.Compile(KernelText.Load("pair.cl", [texts.CellPrelude, .. snippets], definitions));
        (forces, sums) = (WithTables(program["pair_forces"]), program["pair_sums"]);
        rows = device.Allocate<float>(formulas.Rows);
        tables = device.Allocate<float>(formulas.Tables);
        total = new(particles, device.Compile(KernelText.Load("kinetics.cl", ["reduce.cl"])), GroupSize, particles.ReplicaSize * lanes);
    }

    /// <summary>Threads that share a particle: eight, or four of many particles; fewer where each would have less than four neighbours, more where these leave the device empty and have eight each all the same.</summary>
    /// <param name="device">Where.</param>
    /// <param name="particles">How many there are.</param>
    /// <param name="neighbours">How many each of them has.</param>
    public static int LanesFor(Device device, int particles, double neighbours)
    {
        if (device.Description.Kind != DeviceKind.Cuda || particles >= DeviceNeighbourList.ThreadsToFill)
        {
            return 1;
        }
        // None with less than one four of neighbours within the cutoff.
        var lanes = 8 * particles >= DeviceNeighbourList.ThreadsToFill ? 4 : 8;
        while (lanes > 1 && neighbours < 4 * lanes)
        {
            lanes /= 2;
        }
        while (lanes < 32 && 2 * lanes * particles <= DeviceNeighbourList.ThreadsToFill && neighbours >= 8 * 2 * lanes)
        {
            lanes *= 2;
        }
        return lanes;
    }

    /// <summary>Threads of a group so that all groups together keep the multiprocessors busy for as short as possible; of equals the largest.</summary>
    private static int LargeGroup(int threads, int multiprocessors)
    {
        int Rounds(int group) => ((threads + group - 1) / group + multiprocessors - 1) / multiprocessors * group;
        return Enumerable.Range(1, LargestGroup / GroupSize).Select(k => k * GroupSize).OrderBy(Rounds).ThenByDescending(group => group).First();
    }

    /// <summary>Overwrites the forces, when <see cref="GraphStep"/> says.</summary>
    public void Launch(int graphStep) => forces.Launch(
        particles.Count * lanes, forceGroup, particles.Positions, list.Counts, list.Entries, list.RowPitch, list.FourPitch, particles.Box, rows, tables, particles.Forces, particles.Ring,
        graphStep, particles.Count);

    /// <summary>The kernel of <see cref="LaunchStep"/>.</summary>
    /// <param name="integrator">How particles move.</param>
    internal DeviceKernel StepKernel(DeviceIntegrator integrator) => WithTables(particles.Device.Compile(KernelText.Load(
        "step.cl", [texts.Prelude, .. snippets, "random.cl", "move.cl"], [.. definitions, ("INTEGRATOR", (int)integrator)]))["pair_step"]);

    /// <summary>The forces of the step before <paramref name="graphStep"/>, and that step by them.</summary>
    /// <param name="step">The kernel.</param>
    /// <param name="motion">What moves them.</param>
    /// <param name="from">Where they are.</param>
    /// <param name="to">Where they will be.</param>
    /// <param name="graphStep">From 1 on: the first step of a graph has its forces from before.</param>
    internal void LaunchStep(DeviceKernel step, in StepBuffers motion, DeviceBuffer<Int4> from, DeviceBuffer<Int4> to, int graphStep)
    {
        var p = particles;
        step.Launch(
            p.Count * lanes, forceGroup, from, to, list.Counts, list.Entries, list.RowPitch, list.FourPitch, p.Box, rows, tables, p.Forces, p.Velocities, p.Images, p.Reference,
            motion.Schedule, motion.Key, list.Limits, p.Ring, p.Control, graphStep, motion.Stream, p.Count, p.ReplicaSize);
    }

    /// <summary>Energy, virial and smallest distance of each replica's present positions.</summary>
    public PairSums[] Sums()
    {
        sums.Launch(
            total.Threads, GroupSize, particles.Positions, list.Counts, list.Entries, list.RowPitch, list.FourPitch, particles.Box, rows, tables, total.Partials,
            particles.ReplicaSize);
        return PairSums.FromColumns(total.Totals());
    }

    /// <summary>A kernel that copies the tables has the local memory for them.</summary>
    private DeviceKernel WithTables(DeviceKernel kernel)
    {
        if (stagedBytes > 0)
        {
            kernel.DynamicLocalBytes = stagedBytes;
        }
        return kernel;
    }

    public void Dispose()
    {
        rows.Dispose();
        tables.Dispose();
        total.Dispose();
    }
}
