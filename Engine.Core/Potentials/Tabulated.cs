using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// A numerical potential, as cubics in r² on a uniform grid (no square root in the loop): one table of U and one of −U′/r, each good to the
/// fourth order of the spacing. Inside the first distance −U′/r stays what it is there, so that the force never jumps.
/// </summary>
/// <param name="EnergyTable">U as a function of r², from the first distance to slightly beyond the cutoff.</param>
/// <param name="ForceTable">−U′/r likewise.</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct Tabulated(CubicTable EnergyTable, CubicTable ForceTable, double Cutoff) : IPairPotential<Tabulated>, IPairTerm
{
    /// <summary>Intervals in r² for user tables, whose smoothness is not known.</summary>
    public const int DefaultIntervals = 4096;

    private readonly double start = EnergyTable.Start;
    private readonly double slopeAtStart = -0.5 * ForceTable.Evaluate(EnergyTable.Start);

    public CubicTable EnergyTable { get; } = EnergyTable;

    public CubicTable ForceTable { get; } = ForceTable;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => EnergyTable.Evaluate(start) - slopeAtStart * start;

    /// <summary>Samples U(r) with its first and second derivative onto the grid in r².</summary>
    /// <param name="first">Smallest distance [length], > 0.</param>
    /// <param name="cutoff">[length]</param>
    /// <param name="energy">U(r).</param>
    /// <param name="derivative">dU/dr.</param>
    /// <param name="second">d²U/dr².</param>
    /// <param name="intervals">Number of cubics.</param>
    public static Tabulated From(
        double first, double cutoff, Func<double, double> energy, Func<double, double> derivative, Func<double, double> second,
        int intervals = DefaultIntervals)
    {
        // With x = r²: dU/dx = U′/(2r) and d(−U′/r)/dx = −(U″ − U′/r)/(2r²).
        return OnGrid(
            first * first, cutoff, intervals,
            x => energy(Math.Sqrt(x)),
            x => -derivative(Math.Sqrt(x)) / Math.Sqrt(x),
            x => -(second(Math.Sqrt(x)) - derivative(Math.Sqrt(x)) / Math.Sqrt(x)) / (2 * x));
    }

    /// <summary>Samples functions of x = r²: U, f = −U′/r and df/dx.</summary>
    internal static Tabulated OnGrid(
        double start, double cutoff, int intervals, Func<double, double> energy, Func<double, double> force, Func<double, double> forceSlope)
    {
        // One interval more than needed: rounding of a lane at the cutoff then stays inside the table.
        var spacing = (cutoff * cutoff - start) / intervals;
        var end = cutoff * cutoff + spacing;
        return new(
            CubicTable.Hermite(start, end, intervals + 1, energy, x => -0.5 * force(x)),
            CubicTable.Hermite(start, end, intervals + 1, force, forceSlope),
            cutoff);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Tabulated p, F rSquared)
        where F : struct, IReal<F>
    {
        var start = F.Parameter(p.start);
        return F.MultiplyAdd(
            F.Parameter(p.slopeAtStart), F.Min(rSquared - start, F.Zero), F.Lookup(p.EnergyTable, F.Max(rSquared, start)));
    }

    /// <summary>The force from its own table: one order better than the derivative of the energy's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in Tabulated p, F rSquared)
        where F : struct, IReal<F> => new(Energy(in p, rSquared), ForceOverDistance(in p, rSquared));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F ForceOverDistance<F>(in Tabulated p, F rSquared)
        where F : struct, IReal<F> => F.Lookup(p.ForceTable, F.Max(rSquared, F.Parameter(p.start)));

    public string? Validate() =>
        ParameterCheck.Positive("cutoff", Cutoff)
        ?? (Array.TrueForAll(EnergyTable.Coefficients, double.IsFinite) ? null : "the table holds values that are not finite numbers");
}
