using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>Two interactions of one pair of species in one loop. Both must reach to <see cref="Cutoff"/>; wrap the shorter one in <see cref="Within{T}"/>.</summary>
public readonly record struct Sum<TFirst, TSecond>(TFirst First, TSecond Second) : IPairPotential<Sum<TFirst, TSecond>>
    where TFirst : struct, IPairPotential<TFirst>
    where TSecond : struct, IPairPotential<TSecond>
{
    public double Cutoff => Math.Max(First.Cutoff, Second.Cutoff);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Sum<TFirst, TSecond> p, F rSquared)
        where F : struct, IReal<F> => TFirst.Energy(p.First, rSquared) + TSecond.Energy(p.Second, rSquared);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in Sum<TFirst, TSecond> p, F rSquared)
        where F : struct, IReal<F>
    {
        var first = TFirst.EnergyAndForce(p.First, rSquared);
        var second = TSecond.EnergyAndForce(p.Second, rSquared);
        return new(first.Energy + second.Energy, first.ForceOverDistance + second.ForceOverDistance);
    }
}
