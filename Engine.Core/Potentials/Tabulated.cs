using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// A numerical potential, as cubics in r² on a uniform grid (no square root in the loop). Inside the first tabulated distance it goes on along
/// the tangent in r², so that the force never jumps.
/// </summary>
/// <param name="Table">U as a function of r², from the first distance to slightly beyond the cutoff.</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct Tabulated(CubicTable Table, double Cutoff) : IPairPotential<Tabulated>, IPairTerm
{
    /// <summary>Intervals in r²: at a spline through data smooth on 1 % of the range, the error is far below that of the data.</summary>
    public const int DefaultIntervals = 4096;

    private readonly double start = Table.Start;
    private readonly double last = Cutoff * Cutoff;
    private readonly double slopeAtStart = Table.EvaluateDerivative(Table.Start);

    public CubicTable Table { get; } = Table;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => Table.Evaluate(start) - slopeAtStart * start;

    /// <summary>Resamples U(r) with its derivative onto the grid in r².</summary>
    /// <param name="first">Smallest distance [length], > 0.</param>
    /// <param name="cutoff">[length]</param>
    /// <param name="energy">U(r).</param>
    /// <param name="derivative">dU/dr.</param>
    /// <param name="intervals">Number of cubics.</param>
    public static Tabulated From(
        double first, double cutoff, Func<double, double> energy, Func<double, double> derivative, int intervals = DefaultIntervals)
    {
        double start = first * first, end = cutoff * cutoff;
        // One interval more than needed: rounding of a lane at the cutoff then stays inside the table.
        end += (end - start) / intervals;
        var table = CubicTable.Hermite(
            start, end, intervals + 1, x => energy(Math.Sqrt(x)), x => derivative(Math.Sqrt(x)) / (2 * Math.Sqrt(x)));
        return new(table, cutoff);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Tabulated p, F rSquared)
        where F : struct, IReal<F>
    {
        var inside = F.Min(F.Max(rSquared, F.Parameter(p.start)), F.Parameter(p.last));
        var below = F.Min(rSquared - F.Parameter(p.start), F.Zero);
        return F.MultiplyAdd(F.Parameter(p.slopeAtStart), below, F.Lookup(p.Table, inside));
    }

    public string? Validate() =>
        ParameterCheck.Positive("cutoff", Cutoff)
        ?? (Array.TrueForAll(Table.Coefficients, double.IsFinite) ? null : "the table holds values that are not finite numbers");
}
