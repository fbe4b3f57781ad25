using Engine.Kernels.Devices;
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

    private const int GroupSize = 128;

    /// <summary>Nearer than this [Å] a pair's energy goes on as a straight line.</summary>
    private const double Nearest = 0.3;

    /// <summary>Largest width of an interval of a pair's table [Å]: a tenth or less of what kernels of pairs change on, so that degree 7 leaves the last digits only.</summary>
    private const double IntervalWidth = 0.05;

    private readonly DeviceParticles particles;
    private readonly DeviceNeighbourList list;
    private readonly int species;
    private readonly DeviceSoapForces[] sets;
    private readonly DeviceSums[] setSums;
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
    /// <param name="centresAtOnce">Descriptors that there is room for.</param>
    public DeviceGapForces(
        DeviceParticles particles, DeviceNeighbourList list, DeviceTexts texts, IReadOnlyList<SparseSoap> soap, IReadOnlyList<int> atomicNumbers, IReadOnlyList<int> counts,
        PairCurve?[,] curves, int centresAtOnce = EnoughCentres)
    {
        (this.particles, this.list, species) = (particles, list, atomicNumbers.Count);
        var device = particles.Device;
        var program = device.Compile(KernelText.Load("gap.cl", [texts.Prelude, "clock.cl", "particles.cl", "reduce.cl", "fixed.cl"]));
        (pairs, finish, reduce) = (program["gap_pairs"], program["gap_forces"], program["gap_sums"]);
        var kinetics = device.Compile(KernelText.Load("kinetics.cl", ["reduce.cl"]));
        // A set whose centres are of no species that is there has nothing to do.
        var present = soap
            .Select(set => (Set: set, IsCentre: atomicNumbers.Select(set.Kernels.Settings.IsCentre).ToArray()))
            .Select(s => (s.Set, s.IsCentre, Centres: counts.Where((_, a) => s.IsCentre[a]).Sum()))
            .Where(s => s.Centres > 0)
            .ToArray();
        sets = [.. present.Select(s => new DeviceSoapForces(
            particles, list, texts, s.Set, [.. atomicNumbers.Select(s.Set.Kernels.Settings.ChannelOf)], s.IsCentre, s.Centres, centresAtOnce))];
        setSums = [.. present.Select(s => new DeviceSums(particles, kinetics, GroupSize, s.Centres))];
        pairTotal = new(particles, kinetics, GroupSize);
        fixedForces = device.Allocate<long>(3L * particles.Count);
        fixedForces.Clear();
        pairSums = device.Allocate<double>(8L * particles.Count);
        var tables = Tabulate(curves);
        (ranges, ends, table) = (device.Allocate<int>(tables.Ranges), device.Allocate<double>(tables.Ends), device.Allocate<double>(tables.Coefficients));
    }

    /// <inheritdoc/>
    public void ListBuilt()
    {
        foreach (var set in sets)
        {
            set.ListBuilt();
        }
    }

    /// <inheritdoc/>
    public void Launch(DeviceBuffer<int> ring, int turn)
    {
        Gather(ring, turn);
        finish.Launch(particles.Count, GroupSize, fixedForces, particles.Forces, particles.Count, ring, turn);
    }

    /// <inheritdoc/>
    public PairSums[] Sums(DeviceBuffer<int> ring)
    {
        Gather(ring, -1);
        fixedForces.Clear();
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
        pairTotal.Dispose();
        fixedForces.Dispose();
        pairSums.Dispose();
        ranges.Dispose();
        ends.Dispose();
        table.Dispose();
    }

    private void Gather(DeviceBuffer<int> ring, int turn)
    {
        var p = particles;
        pairs.Launch(
            p.Count, GroupSize, p.Positions, p.Images, list.Counts, list.Entries, list.Pitch, p.Box, ranges, ends, table, species, fixedForces, pairSums, p.Control, p.Count,
            p.ReplicaSize, ring, turn);
        foreach (var set in sets)
        {
            set.Launch(fixedForces, ring, turn);
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
                double[] points = [.. curve.Breakpoints.Append(Nearest).Where(r => r >= Math.Min(Nearest, curve.Breakpoints[^1])).Distinct().Order()];
                ends.Add(points[0]);
                foreach (var (start, end) in points.Zip(points.Skip(1)))
                {
                    var intervals = (int)Math.Ceiling((end - start) / IntervalWidth);
                    for (var k = 1; k <= intervals; k++)
                    {
                        var next = k == intervals ? end : start + k * (end - start) / intervals;
                        coefficients.AddRange(PolynomialRows.Through(ends[^1], next, curve.Energy));
                        ends.Add(next);
                    }
                }
            }
            ranges.AddRange([first, coefficients.Count / PolynomialRows.Terms, firstPoint]);
        }
        return ([.. ranges], [.. ends], [.. coefficients]);
    }
}
