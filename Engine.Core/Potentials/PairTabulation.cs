using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// Replaces a long formula by a table in r² for single-precision loops: two exponentials, a square root and an error function for eight pairs cost
/// several times what loading and turning eight rows of coefficients does. The table is made from the formula in double and checked against it.
/// </summary>
internal static class PairTabulation
{
    /// <summary>Largest error of a table, relative to |f| + |x f′| and |U| + |x U′| in x = r²; a float kernel rounds to about as much.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Coefficients of 1024 cubics fit the first-level cache, of 4096 the second.</summary>
    private const int FewestIntervals = 1024;
    private const int MostIntervals = 4096;

    private static readonly HashSet<Type> ShortFormulas =
        [typeof(LennardJones), typeof(WeeksChandlerAndersen), typeof(CoulombCut), typeof(Tabulated)];

    /// <summary>The table of a fused potential, or the potential itself where its formula is short, or a table would not be accurate.</summary>
    /// <param name="potential">A boxed pair potential.</param>
    /// <param name="minimumDistance">Distance below which a run stops, > 0: where the table starts [length].</param>
    /// <param name="joint">Distance at which the formula is pieced together, 0 for none: becomes a node, so that both pieces are smooth.</param>
    public static object Tabulate(object potential, double minimumDistance, double joint)
    {
        if (minimumDistance <= 0 || IsShort(potential.GetType()))
        {
            return potential;
        }
        var sampler = (ISampler)Activator.CreateInstance(typeof(Sampler<>).MakeGenericType(potential.GetType()), potential)!;
        double first = minimumDistance * minimumDistance, last = sampler.Cutoff * sampler.Cutoff;
        for (var intervals = FewestIntervals; first < 0.25 * last && intervals <= MostIntervals; intervals *= 2)
        {
            var start = first;
            if (joint * joint > first && joint * joint < last)
            {
                // A whole number of intervals from the start to the joint: as many as its share of the range, rounded up, so as to begin a little earlier.
                var before = (int)Math.Ceiling((joint * joint - first) / (last - first) * intervals);
                var aligned = joint * joint - before * (last - joint * joint) / (intervals - before);
                start = aligned > 0 ? aligned : first;
            }
            var table = Tabulated.OnGrid(start, sampler.Cutoff, intervals, sampler.Energy, sampler.Force, sampler.ForceSlope);
            if (Error(table, sampler, 4 * first, last) < Tolerance)
            {
                return table;
            }
        }
        return potential;
    }

    private static double Error(Tabulated table, ISampler sampler, double from, double to)
    {
        var worst = 0.0;
        var step = table.ForceTable.Spacing / 3.7;
        for (var x = from; x < to; x += step)
        {
            double energy = sampler.Energy(x), force = sampler.Force(x);
            var scale = Math.Abs(force) + Math.Abs(x * sampler.ForceSlope(x));
            worst = Math.Max(worst, Math.Abs(table.ForceTable.Evaluate(x) - force) / scale);
            // dU/dx = −f/2.
            scale = Math.Abs(energy) + Math.Abs(0.5 * x * force);
            worst = Math.Max(worst, Math.Abs(table.EnergyTable.Evaluate(x) - energy) / scale);
        }
        return worst;
    }

    private static bool IsShort(Type type) =>
        type.IsGenericType ? type.GetGenericArguments().All(IsShort) : ShortFormulas.Contains(type);

    private interface ISampler
    {
        double Cutoff { get; }

        double Energy(double x);

        double Force(double x);

        double ForceSlope(double x);
    }

    private sealed class Sampler<T>(T potential) : ISampler
        where T : struct, IPairPotential<T>
    {
        private readonly T potential = potential;

        public double Cutoff => potential.Cutoff;

        public double Energy(double x) => T.EnergyAndForce(in potential, new Real(x)).Energy.Value;

        public double Force(double x) => T.EnergyAndForce(in potential, new Real(x)).ForceOverDistance.Value;

        /// <summary>By forward differentiation of the hand-written force.</summary>
        public double ForceSlope(double x) => T.EnergyAndForce(in potential, Dual<Real>.Variable(new Real(x))).ForceOverDistance.Derivative.Value;
    }
}
