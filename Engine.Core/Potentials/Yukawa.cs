using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>Screened Coulomb: U = A exp(−κr)/r. H. Yukawa, Proc. Phys.-Math. Soc. Japan 17, 48 (1935).</summary>
/// <param name="A">[energy·length]</param>
/// <param name="Kappa">Inverse screening length κ ≥ 0 [1/length].</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct Yukawa(double A, double Kappa, double Cutoff) : IPairPotential<Yukawa>, IPairTerm, ITailIntegral
{
    private readonly double slope = -Kappa;

    public double A { get; } = A;

    public double Kappa { get; } = Kappa;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => A == 0 ? 0 : A > 0 ? double.PositiveInfinity : double.NegativeInfinity;

    /// <inheritdoc/>
    /// <remarks>Infinite without screening.</remarks>
    public double TailIntegral => A == 0 ? 0 : A * Math.Exp(-Kappa * Cutoff) * (Cutoff / Kappa + 1 / (Kappa * Kappa));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Yukawa p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        return F.Parameter(p.A) * F.Exp(F.Parameter(p.slope) * (rSquared * inverse)) * inverse;
    }

    /// <summary>By hand: −U′/r = U (κ + 1/r)/r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in Yukawa p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var energy = F.Parameter(p.A) * F.Exp(F.Parameter(p.slope) * (rSquared * inverse)) * inverse;
        return new(energy, energy * inverse * (F.Parameter(p.Kappa) + inverse));
    }

    public string? Validate() =>
        ParameterCheck.Finite("A", A) ?? ParameterCheck.NotNegative("kappa", Kappa) ?? ParameterCheck.Positive("cutoff", Cutoff);
}
