using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>U(r) − U(r_c): the energy is continuous at the cutoff, the force is that of the inner term.</summary>
public readonly record struct EnergyShifted<T>(T Inner) : IPairPotential<EnergyShifted<T>>
    where T : struct, IPairPotential<T>
{
    private readonly double shift = T.Energy(Inner, new Real(Inner.Cutoff * Inner.Cutoff)).Value;

    public T Inner { get; } = Inner;

    public static bool IsShort => T.IsShort;

    public double Cutoff => Inner.Cutoff;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in EnergyShifted<T> p, F rSquared)
        where F : struct, IReal<F> => T.Energy(p.Inner, rSquared) - F.Parameter(p.shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in EnergyShifted<T> p, F rSquared)
        where F : struct, IReal<F>
    {
        var value = T.EnergyAndForce(p.Inner, rSquared);
        return value with { Energy = value.Energy - F.Parameter(p.shift) };
    }
}
