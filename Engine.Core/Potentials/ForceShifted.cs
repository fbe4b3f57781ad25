using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// U(r) − U(r_c) − (r − r_c) U′(r_c): energy and force are continuous at the cutoff.
/// S. D. Stoddard, J. Ford, Phys. Rev. A 8, 1504 (1973).
/// </summary>
public readonly record struct ForceShifted<T>(T Inner) : IPairPotential<ForceShifted<T>>
    where T : struct, IPairPotential<T>
{
    private readonly double slope = SlopeAtCutoff(Inner);
    private readonly double offset =
        Inner.Cutoff * SlopeAtCutoff(Inner) - T.Energy(Inner, new Real(Inner.Cutoff * Inner.Cutoff)).Value;

    public T Inner { get; } = Inner;

    public static bool IsShort => T.IsShort;

    public double Cutoff => Inner.Cutoff;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in ForceShifted<T> p, F rSquared)
        where F : struct, IReal<F> =>
        T.Energy(p.Inner, rSquared) + (F.Parameter(p.offset) - F.Parameter(p.slope) * F.Sqrt(rSquared));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in ForceShifted<T> p, F rSquared)
        where F : struct, IReal<F>
    {
        var value = T.EnergyAndForce(p.Inner, rSquared);
        var inverse = F.ReciprocalSqrt(rSquared);
        return new(
            value.Energy + (F.Parameter(p.offset) - F.Parameter(p.slope) * (rSquared * inverse)),
            F.MultiplyAdd(F.Parameter(p.slope), inverse, value.ForceOverDistance));
    }

    private static double SlopeAtCutoff(T inner) =>
        -T.EnergyAndForce(inner, new Real(inner.Cutoff * inner.Cutoff)).ForceOverDistance.Value * inner.Cutoff;
}
