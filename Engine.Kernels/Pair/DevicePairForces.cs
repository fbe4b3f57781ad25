using Engine.Kernels.Devices;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Particles;
using Engine.Kernels.Reduce;

namespace Engine.Kernels.Pair;

/// <summary>Pair forces on a device, over full neighbour lists; the formulas are spliced into the kernel's text.</summary>
public sealed class DevicePairForces : IDisposable
{
    private const int GroupSize = 128;

    /// <summary>Leaves each of its threads 80 registers of a CUDA device; forces of HfO₂ from tables took 48 on an H100.</summary>
    private const int LargestGroup = 768;

    /// <summary>A group fits a multiprocessor of every card since 2020.</summary>
    private const int MostStagedBytes = 100 * 1024;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly DeviceKernel forces;
    private readonly DeviceKernel sums;
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
        (this.particles, this.list, this.lanes) = (particles, list, lanes);
        var device = particles.Device;
        // A few large groups, which copy the tables once each, where several threads share a particle.
        var staged = lanes > 1 && sizeof(float) * formulas.ForceTables <= Math.Min(MostStagedBytes, device.LocalRoom - 16 * LargestGroup) ? formulas.ForceTables / 4 : 0;
        forceGroup = staged > 0 ? LargeGroup(particles.Count * lanes, device.Description.ComputeUnits) : GroupSize;
        var program = device.Compile(KernelText.Load(
            "pair.cl", [texts.CellPrelude, "clock.cl", "particles.cl", "reduce.cl", "table.cl", formulas.Text], ("LANES", lanes), ("PAIR_SPECIES", species),
            ("PAIR_STRIDE", formulas.Stride), ("STAGED_TABLES", staged), ("FORCE_GROUP", forceGroup)));
        (forces, sums) = (program["pair_forces"], program["pair_sums"]);
        if (staged > 0)
        {
            forces.DynamicLocalBytes = 16 * staged;
        }
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

    /// <summary>Energy, virial and smallest distance of each replica's present positions.</summary>
    public PairSums[] Sums()
    {
        sums.Launch(
            total.Threads, GroupSize, particles.Positions, list.Counts, list.Entries, list.RowPitch, list.FourPitch, particles.Box, rows, tables, total.Partials,
            particles.ReplicaSize);
        return PairSums.FromColumns(total.Totals());
    }

    public void Dispose()
    {
        rows.Dispose();
        tables.Dispose();
        total.Dispose();
    }
}
