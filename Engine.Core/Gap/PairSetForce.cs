using Engine.Kernels.Gap;
using Engine.Kernels.Geometry;
using Engine.Kernels.Neighbours;

namespace Engine.Core.Gap;

/// <summary>What of a GAP depends on pairs of atoms alone: its distance_2b sets, each pair seen from either end, and the core potential.</summary>
internal sealed class PairSetForce(IReadOnlyList<TwoBodyKernel> kernels, double scale, GlueCore? core)
{
    private const int SlotsPerBatch = 256;

    /// <summary>Nearer than this [Å] a tabulated pair's energy goes on as a straight line.</summary>
    private const double Nearest = 0.3;

    /// <summary>Largest width of an interval of a pair's table [Å]: a tenth or less of what kernels of pairs change on, so that degree 7 leaves the last digits only.</summary>
    private const double IntervalWidth = 0.05;

    /// <summary>[Å]; 0 where there is nothing.</summary>
    public double Cutoff { get; } = Math.Max(kernels.Select(k => k.Cutoff).DefaultIfEmpty(0).Max(), core?.Cutoff ?? 0);

    public static int Batches(int slots) => (slots + SlotsPerBatch - 1) / SlotsPerBatch;

    /// <summary>Energy of a whole pair [eV] by its distance [Å], with the points of a table of it; null where it has none.</summary>
    public PairCurve? Curve(int first, int second)
    {
        double[] breakpoints = [.. kernels.Where(k => k.Matches(first, second)).SelectMany(k => k.Breakpoints), .. core?.Breakpoints(first, second) ?? []];
        if (breakpoints.Length == 0)
        {
            return null;
        }
        var end = breakpoints.Max();
        double[] joints = [.. breakpoints.Append(Nearest).Where(r => r >= Math.Min(Nearest, end)).Distinct().Order()];
        var points = new List<double> { joints[0] };
        foreach (var (from, to) in joints.Zip(joints.Skip(1)))
        {
            var intervals = (int)Math.Ceiling((to - from) / IntervalWidth);
            points.AddRange(Enumerable.Range(1, intervals).Select(k => k == intervals ? to : from + k * (to - from) / intervals));
        }
        return new(r => 2 * At(first, second, r).Energy, [.. points]);
    }

    /// <summary>Adds the forces of a batch of particles.</summary>
    /// <param name="batch">Which.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="cells">All particles, up to the cutoff at least.</param>
    /// <param name="atomicNumbers">By slot; 0 where it is empty.</param>
    /// <param name="nearest">Particles closer than this fail the run [Å].</param>
    /// <param name="forces">Added to.</param>
    /// <param name="energies">By slot; half of each pair's energy belongs to either particle.</param>
    /// <returns>Their virial.</returns>
    public SymmetricTensor AddBatch(int batch, int slots, ImageCells cells, int[] atomicNumbers, double nearest, FixedPointForces forces, double[] energies)
    {
        var virial = SymmetricTensor.Zero;
        for (var i = batch * SlotsPerBatch; i < Math.Min(slots, (batch + 1) * SlotsPerBatch); i++)
        {
            energies[i] = 0;
            if (atomicNumbers[i] == 0)
            {
                continue;
            }
            var centre = i;
            cells.ForEach(i, (j, dx, dy, dz, square) =>
            {
                var r = Math.Sqrt(square);
                if (r >= Cutoff)
                {
                    return;
                }
                GapForce.RequireDistance(r, nearest);
                var (energy, slope) = At(atomicNumbers[centre], atomicNumbers[j], r);
                var separation = new Vector3d(dx, dy, dz);
                var force = slope / r * separation;
                energies[centre] += energy;
                forces.Add(centre, j, force);
                virial -= SymmetricTensor.Outer(separation, force);
            });
        }
        return virial;
    }

    /// <summary>What one end of a pair holds of its energy [eV], and its derivative [eV/Å].</summary>
    private (double Energy, double Slope) At(int first, int second, double r)
    {
        var (energy, slope) = (0.0, 0.0);
        foreach (var kernel in kernels)
        {
            if (kernel.Matches(first, second))
            {
                var (e, de) = kernel.At(r);
                energy += scale * e;
                slope += scale * de;
            }
        }
        if (core is not null)
        {
            var (e, de) = core.At(first, second, r);
            energy += 0.5 * e;
            slope += 0.5 * de;
        }
        return (energy, slope);
    }
}
