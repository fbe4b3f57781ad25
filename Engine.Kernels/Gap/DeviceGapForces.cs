using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Langevin;
using Engine.Kernels.Neighbours;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;
using Engine.Kernels.Particles;
using Engine.Kernels.Reduce;
using Engine.Kernels.Soap;

namespace Engine.Kernels.Gap;

/// <summary>Forces of a Gaussian approximation potential on a device: sets of soap, and sums over pairs. Computed in double, as on the processor; forces are handed on as floats.</summary>
public sealed class DeviceGapForces : IDeviceForces
{
    /// <summary>Centres that fill any device: more are treated one such number after the other.</summary>
    public const int EnoughCentres = 16384;

    /// <summary>Forces of pairs stay below this: an eightieth of what 64 bits of fixed point hold, enough for all neighbours of a particle [energy/length].</summary>
    public const int LargestForce = 100_000;

    private const int GroupSize = 128;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly int species;
    private readonly DeviceSoapForces[] sets;
    private readonly DeviceSums[] setSums;
    private readonly DeviceSoapWorkspace? room;
    private readonly DeviceSums pairTotal;
    private readonly DeviceKernel pairs;
    private readonly DeviceKernel finish;
    private readonly DeviceKernel reduce;
    private readonly DeviceBuffer<long> fixedForces;
    private readonly DeviceBuffer<double> pairSums;
    private readonly DeviceBuffer<int> ranges;
    private readonly DeviceBuffer<double> ends;
    private readonly DeviceBuffer<double> table;

    /// <param name="particles">The particles.</param>
    /// <param name="list">Their neighbours, up to the longest cutoff at least.</param>
    /// <param name="texts">Definitions shared with the other kernels.</param>
    /// <param name="soap">Sets of sparse points.</param>
    /// <param name="atomicNumbers">Of each species.</param>
    /// <param name="counts">Particles of each species in one replica.</param>
    /// <param name="curves">Energy of a pair of two species, symmetric; null for none.</param>
    /// <param name="centresAtOnce">Descriptors that are held at most; fewer where the device has no room for them.</param>
    /// <exception cref="InputException">The device has too little local memory for a descriptor.</exception>
    /// <exception cref="RunFailedException">The device has no room for the descriptors of even a few centres.</exception>
    public DeviceGapForces(
        DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts, IReadOnlyList<SparseSoap> soap, IReadOnlyList<int> atomicNumbers, IReadOnlyList<int> counts,
        PairCurve?[,] curves, int centresAtOnce = EnoughCentres)
    {
        (this.particles, this.list, species) = (particles, list, atomicNumbers.Count);
        var device = particles.Device;
        var program = device.Compile(KernelText.Load("gap.cl", [texts.CellPrelude, "clock.cl", "particles.cl", "reduce.cl", "fixed.cl"], ("LARGEST_FORCE", LargestForce)));
        (pairs, finish, reduce) = (program["gap_pairs"], program["gap_forces"], program["gap_sums"]);
        var kinetics = device.Compile(KernelText.Load("kinetics.cl", ["reduce.cl"]));
        // A set whose centres are of no species that is there has nothing to do.
        var present = soap
            .Select(set => (Set: set, Centres: counts.Where((_, a) => set.Kernels.Settings.IsCentre(atomicNumbers[a])).Sum()))
            .Where(s => s.Centres > 0)
            .ToArray();
        sets = [.. present.Select(s => new DeviceSoapForces(particles, list, texts, s.Set, atomicNumbers, s.Centres))];
        setSums = [.. present.Select(s => new DeviceSums(particles, kinetics, GroupSize, s.Centres))];
        pairTotal = new(particles, kinetics, GroupSize);
        fixedForces = device.Allocate<long>(3L * particles.Count);
        fixedForces.Clear();
        pairSums = device.Allocate<double>(8L * particles.Count);
        var tables = Tabulate(curves);
        (ranges, ends, table) = (device.Allocate<int>(tables.Ranges), device.Allocate<double>(tables.Ends), device.Allocate<double>(tables.Coefficients));
        if (present.Length > 0)
        {
            var sizes = sets.Select(s => s.Size).ToArray();
            var most = present.Max(s => s.Centres) * particles.Replicas;
            room = new(
                device, new(sizes.Max(s => s.Coefficients), sizes.Max(s => s.Width), sizes.Max(s => s.SparsePoints)), Math.Min(centresAtOnce, most));
        }
    }

    /// <inheritdoc/>
    public void ListBuilt(int graphStep)
    {
        foreach (var set in sets)
        {
            set.ListBuilt(graphStep);
        }
    }

    /// <inheritdoc/>
    public void Launch(int graphStep)
    {
        Gather(graphStep);
        finish.Launch(particles.Count, GroupSize, fixedForces, particles.Forces, particles.Count, particles.Ring, graphStep);
    }

    /// <inheritdoc/>
    public PairSums[] Sums(bool launched)
    {
        if (!launched)
        {
            Gather(GraphStep.AtOnce);
            fixedForces.Clear();
        }
        var result = Totals(pairSums, pairTotal, particles.ReplicaSize);
        for (var s = 0; s < sets.Length; s++)
        {
            var more = Totals(sets[s].CentreSums, setSums[s], sets[s].CentresOfReplica);
            for (var r = 0; r < result.Length; r++)
            {
                result[r] = new(
                    result[r].Energy + more[r].Energy, result[r].Virial + more[r].Virial, Math.Min(result[r].ClosestSquared, more[r].ClosestSquared));
            }
        }
        return result;
    }

    public void Dispose()
    {
        foreach (var set in sets)
        {
            set.Dispose();
        }
        foreach (var sums in setSums)
        {
            sums.Dispose();
        }
        room?.Dispose();
        pairTotal.Dispose();
        fixedForces.Dispose();
        pairSums.Dispose();
        ranges.Dispose();
        ends.Dispose();
        table.Dispose();
    }

    private void Gather(int graphStep)
    {
        var p = particles;
        pairs.Launch(
            p.Count, GroupSize, p.Positions, p.Images, list.Counts, list.Entries, list.RowPitch, list.FourPitch, p.BoxInDouble, ranges, ends, table, species, fixedForces, pairSums, p.Control, p.Count,
            p.ReplicaSize, particles.Ring, graphStep);
        foreach (var set in sets)
        {
            set.Launch(room!, fixedForces, graphStep);
        }
    }

    private PairSums[] Totals(DeviceBuffer<double> values, DeviceSums sums, int ofReplica)
    {
        reduce.Launch(sums.Threads, GroupSize, values, sums.Partials, ofReplica);
        return PairSums.FromColumns(sums.Totals());
    }

    /// <summary>Polynomials of each ordered pair of species, see gap.cl.</summary>
    private static (int[] Ranges, double[] Ends, double[] Coefficients) Tabulate(PairCurve?[,] curves)
    {
        var (ranges, ends, coefficients) = (new List<int>(), new List<double>(), new List<double>());
        foreach (var curve in curves)
        {
            var (first, firstPoint) = (coefficients.Count / PolynomialRows.Terms, ends.Count);
            if (curve is not null)
            {
                ends.AddRange(curve.Points);
                coefficients.AddRange(curve.Points.Zip(curve.Points.Skip(1)).SelectMany(p => PolynomialRows.Through(p.First, p.Second, curve.Energy)));
            }
            ranges.AddRange([first, coefficients.Count / PolynomialRows.Terms, firstPoint]);
        }
        return ([.. ranges], [.. ends], [.. coefficients]);
    }
}
