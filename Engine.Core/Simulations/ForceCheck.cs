using Engine.Core.Forces;
using Engine.Core.Gap;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Kernels.Threading;

namespace Engine.Core.Simulations;

/// <summary>How far forces of a device are from those that the processor computes in double for the same positions.</summary>
/// <param name="Compared">Particles whose forces were compared.</param>
/// <param name="Error">
/// Root-mean-square difference over the root-mean-square force; in a crystal whose forces vanish, over that of the same crystal with its particles displaced by a
/// hundredth of the cutoff.
/// </param>
public sealed record ForceCheck(int Compared, double Error)
{
    /// <summary>What the comparison took [s].</summary>
    public double Seconds { get; init; }

    /// <summary>An <see cref="Error"/> beyond this is none of rounding: floats leave 1e-6 to 1e-5, a wrong kernel much of the force.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Systems up to this size are compared whole.</summary>
    private const int WholeSystem = 4000;

    /// <summary>Of larger ones, so many particles around one; they and all that act on them are computed.</summary>
    private const int SampleSize = 200;

    /// <summary>A displacement that changes forces by much, over the cutoff.</summary>
    private const double Displacement = 0.01;

    /// <summary>Compares the forces of a frame.</summary>
    /// <param name="frame">With forces.</param>
    /// <param name="model">The interactions.</param>
    /// <param name="workers">The thread team.</param>
    /// <exception cref="Engine.Kernels.Errors.RunFailedException">Two particles are closer than the potential allows.</exception>
    public static ForceCheck Of(Configuration frame, PotentialModel model, Workers workers)
    {
        if (model.Reach == 0)
        {
            return new(0, 0);
        }
        var (part, whose) = Sample(frame, model);
        var expected = SinglePoint.Evaluate(part, model, workers).Forces;
        var (difference, scale) = (0.0, MeanSquare(expected, whose.Length));
        for (var k = 0; k < 3 * whose.Length; k++)
        {
            var d = frame.Forces![3 * whose[k / 3] + k % 3] - expected[k];
            difference += d * d / (3 * whose.Length);
        }
        if (!(difference <= Tolerance * Tolerance * scale))
        {
            scale = Math.Max(scale, MeanSquare(SinglePoint.Evaluate(Displaced(part, model.Reach), model, workers).Forces, whose.Length));
        }
        // Particles beyond each other's reach have no forces here and there.
        return new(whose.Length, difference == 0 ? 0 : Math.Sqrt(difference / scale));
    }

    /// <summary>What is computed, and which particles of the frame the first of it are: those whose neighbours are all among it.</summary>
    private static (Configuration Part, int[] Whose) Sample(Configuration frame, PotentialModel model)
    {
        var all = Enumerable.Range(0, frame.Count).ToArray();
        // Every particle acts on every other one in an Ewald sum.
        if (frame.Count <= WholeSystem || model.Ewald is not null)
        {
            return (Part(frame, all), all);
        }
        var centre = frame.Position(frame.Count / 2);
        var distances = Array.ConvertAll(all, i => frame.Box.MinimumImage(frame.Position(i) - centre).Length);
        Array.Sort(distances, all);
        // The neighbours of a particle have neighbours of their own in the descriptors of a GAP.
        var reach = distances[SampleSize - 1] + (model.ForceTerms.OfType<GapForce>().Any() ? 2 : 1) * model.Reach;
        var outside = distances.AsSpan().IndexOfAnyInRange(reach, double.MaxValue);
        var members = outside > 0 && reach < 0.5 * frame.Box.SmallestPeriodicWidth ? all[..outside] : all;
        return (Part(frame, members), members.Length < all.Length ? members[..SampleSize] : members);
    }

    private static Configuration Part(Configuration frame, int[] members) => new()
    {
        Box = frame.Box,
        SpeciesTable = frame.SpeciesTable,
        Species = Array.ConvertAll(members, i => frame.Species[i]),
        Positions = [.. members.SelectMany(i => frame.Positions[(3 * i)..(3 * i + 3)])],
    };

    /// <summary>By multiples of the golden ratio, which fill an interval evenly.</summary>
    private static Configuration Displaced(Configuration part, double reach)
    {
        const double golden = 0.6180339887498949;
        var displaced = Part(part, [.. Enumerable.Range(0, part.Count)]);
        displaced.Positions = [.. displaced.Positions.Select((x, k) => x + 2 * Displacement * reach * (k * golden % 1 - 0.5))];
        return displaced;
    }

    private static double MeanSquare(double[] forces, int particles) => forces.Take(3 * particles).Sum(f => f * f) / (3 * particles);
}
