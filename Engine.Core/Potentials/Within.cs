using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>A term that ends inside the cutoff of the loop it is fused into: zero beyond its own cutoff.</summary>
public readonly record struct Within<T>(T Inner) : IPairPotential<Within<T>>
    where T : struct, IPairPotential<T>
{
    private readonly double cutoffSquared = Inner.Cutoff * Inner.Cutoff;

    public T Inner { get; } = Inner;

    public static bool IsShort => T.IsShort;

    public double Cutoff => Inner.Cutoff;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Within<T> p, F rSquared)
        where F : struct, IReal<F>
    {
        var limit = F.Parameter(p.cutoffSquared);
        return F.AnyLess(rSquared, limit) ? F.SelectLess(rSquared, limit, T.Energy(p.Inner, rSquared), F.Zero) : F.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in Within<T> p, F rSquared)
        where F : struct, IReal<F>
    {
        var limit = F.Parameter(p.cutoffSquared);
        if (!F.AnyLess(rSquared, limit))
        {
            return new(F.Zero, F.Zero);
        }
        var value = T.EnergyAndForce(p.Inner, rSquared);
        return new(
            F.SelectLess(rSquared, limit, value.Energy, F.Zero), F.SelectLess(rSquared, limit, value.ForceOverDistance, F.Zero));
    }
}
