using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// Born–Mayer–Huggins: U = A exp((σ − r)/ρ) − C/r⁶ + D/r⁸ (plus D, as in LAMMPS <c>born</c>).
/// F. G. Fumi, M. P. Tosi, J. Phys. Chem. Solids 25, 31 (1964).
/// </summary>
/// <param name="A">A ≥ 0 [energy].</param>
/// <param name="Rho">ρ > 0 [length].</param>
/// <param name="Sigma">σ [length].</param>
/// <param name="C">[energy·length⁶]</param>
/// <param name="D">[energy·length⁸]; negative for a dipole–quadrupole attraction.</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct BornMayerHuggins(double A, double Rho, double Sigma, double C, double D, double Cutoff)
    : IPairPotential<BornMayerHuggins>, IPairTerm, ITailIntegral
{
    private readonly double slope = -1 / Rho;
    private readonly double amplitude = A * Math.Exp(Sigma / Rho);
    private readonly double overRho = A * Math.Exp(Sigma / Rho) / Rho;
    private readonly double sixC = 6 * C;
    private readonly double eightD = 8 * D;

    public double A { get; } = A;

    public double Rho { get; } = Rho;

    public double Sigma { get; } = Sigma;

    public double C { get; } = C;

    public double D { get; } = D;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => D > 0 ? double.PositiveInfinity
        : D < 0 || C > 0 ? double.NegativeInfinity
        : C < 0 ? double.PositiveInfinity
        : amplitude;

    public double TailIntegral =>
        amplitude * Math.Exp(-Cutoff / Rho) * Rho * (Cutoff * Cutoff + 2 * Rho * Cutoff + 2 * Rho * Rho)
        - C / (3 * Math.Pow(Cutoff, 3)) + D / (5 * Math.Pow(Cutoff, 5));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in BornMayerHuggins p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse2 = F.Reciprocal(rSquared);
        return F.Parameter(p.amplitude) * F.Exp(F.Parameter(p.slope) * F.Sqrt(rSquared))
            + inverse2 * inverse2 * inverse2 * (F.Parameter(p.D) * inverse2 - F.Parameter(p.C));
    }

    /// <summary>By hand: energy and force share r, 1/r and the exponential.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in BornMayerHuggins p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var inverse2 = inverse * inverse;
        var inverse6 = inverse2 * inverse2 * inverse2;
        var exponential = F.Exp(F.Parameter(p.slope) * (rSquared * inverse));
        return new(
            F.Parameter(p.amplitude) * exponential + inverse6 * (F.Parameter(p.D) * inverse2 - F.Parameter(p.C)),
            F.Parameter(p.overRho) * exponential * inverse
            + inverse6 * inverse2 * (F.Parameter(p.eightD) * inverse2 - F.Parameter(p.sixC)));
    }

    public string? Validate() =>
        ParameterCheck.NotNegative("A", A) ?? ParameterCheck.Positive("rho", Rho) ?? ParameterCheck.Finite("sigma", Sigma)
        ?? ParameterCheck.Finite("C", C) ?? ParameterCheck.Finite("D", D) ?? ParameterCheck.Positive("cutoff", Cutoff);
}
