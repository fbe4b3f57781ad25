using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>Bare Coulomb: U = k qᵢqⱼ/r inside the cutoff. For clusters that fit inside the cutoff; in a periodic cell use DSF or Ewald.</summary>
/// <param name="Strength">k qᵢqⱼ [energy·length].</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct CoulombCut(double Strength, double Cutoff) : IPairPotential<CoulombCut>, IPairTerm
{
    public double EnergyAtOrigin => Strength > 0 ? double.PositiveInfinity : double.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in CoulombCut p, F rSquared)
        where F : struct, IReal<F> => F.Parameter(p.Strength) * F.ReciprocalSqrt(rSquared);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in CoulombCut p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var energy = F.Parameter(p.Strength) * inverse;
        return new(energy, energy * inverse * inverse);
    }

    public string? Validate() => ParameterCheck.Finite("strength", Strength) ?? ParameterCheck.Positive("cutoff", Cutoff);
}
