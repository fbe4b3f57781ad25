using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>Morse: U = D₀[exp(−2α(r − r₀)) − 2 exp(−α(r − r₀))]. P. M. Morse, Phys. Rev. 34, 57 (1929).</summary>
/// <param name="Depth">D₀ ≥ 0 [energy].</param>
/// <param name="Alpha">α > 0 [1/length].</param>
/// <param name="EquilibriumDistance">r₀ [length].</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct Morse(double Depth, double Alpha, double EquilibriumDistance, double Cutoff)
    : IPairPotential<Morse>, IPairTerm, ITailIntegral
{
    private readonly double offset = Alpha * EquilibriumDistance;
    private readonly double twoDepthAlpha = 2 * Depth * Alpha;

    public double Depth { get; } = Depth;

    public double Alpha { get; } = Alpha;

    public double EquilibriumDistance { get; } = EquilibriumDistance;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => Depth * Math.Exp(offset) * (Math.Exp(offset) - 2);

    public double TailIntegral => Exponential(2 * Alpha, Math.Exp(2 * offset)) - 2 * Exponential(Alpha, Math.Exp(offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Morse p, F rSquared)
        where F : struct, IReal<F>
    {
        var exponential = F.Exp(F.Parameter(p.offset) - F.Parameter(p.Alpha) * F.Sqrt(rSquared));
        return F.Parameter(p.Depth) * exponential * (exponential - F.Const(2));
    }

    /// <summary>By hand: energy and force share r, 1/r and the exponential.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in Morse p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var exponential = F.Exp(F.Parameter(p.offset) - F.Parameter(p.Alpha) * (rSquared * inverse));
        return new(
            F.Parameter(p.Depth) * exponential * (exponential - F.Const(2)),
            F.Parameter(p.twoDepthAlpha) * exponential * (exponential - F.One) * inverse);
    }

    public string? Validate() =>
        ParameterCheck.NotNegative("D0", Depth) ?? ParameterCheck.Positive("alpha", Alpha)
        ?? ParameterCheck.NotNegative("r0", EquilibriumDistance) ?? ParameterCheck.Positive("cutoff", Cutoff);

    /// <summary>∫ D₀ s exp(−b r) r² dr from the cutoff on.</summary>
    private double Exponential(double b, double scale) =>
        Depth * scale * Math.Exp(-b * Cutoff) * (Cutoff * Cutoff / b + 2 * Cutoff / (b * b) + 2 / (b * b * b));
}
