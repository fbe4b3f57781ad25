using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// Buckingham: U = A exp(−r/ρ) − C/r⁶. R. A. Buckingham, Proc. R. Soc. A 168, 264 (1938). It falls to −∞ at r → 0 when C > 0; with a
/// <see cref="BuckinghamGuard"/> the part inside r₀ is replaced by B/rⁿ + D r².
/// </summary>
/// <param name="A">A ≥ 0 [energy].</param>
/// <param name="Rho">ρ > 0 [length].</param>
/// <param name="C">C ≥ 0 [energy·length⁶].</param>
/// <param name="Cutoff">[length]</param>
/// <param name="Guard">What replaces the term at short distance; default: nothing (r₀ = 0).</param>
public readonly record struct Buckingham(double A, double Rho, double C, double Cutoff, BuckinghamGuard Guard = default)
    : IPairPotential<Buckingham>, IPairTerm, ITailIntegral
{
    private readonly double slope = -1 / Rho;
    private readonly double overRho = A / Rho;
    private readonly double sixC = 6 * C;
    private readonly double guardSquared = Guard.Distance * Guard.Distance;
    private readonly double halfExponent = -0.5 * Guard.Exponent;
    private readonly double guardForce = Guard.Exponent * Guard.B;

    public double A { get; } = A;

    public double Rho { get; } = Rho;

    public double C { get; } = C;

    public double Cutoff { get; } = Cutoff;

    public BuckinghamGuard Guard { get; } = Guard;

    public double EnergyAtOrigin => Guard.Distance > 0 ? double.PositiveInfinity : C > 0 ? double.NegativeInfinity : A;

    public double Joint => Guard.Distance;

    public double TailIntegral =>
        A * Math.Exp(-Cutoff / Rho) * Rho * (Cutoff * Cutoff + 2 * Rho * Cutoff + 2 * Rho * Rho) - C / (3 * Math.Pow(Cutoff, 3));

    /// <summary>The same term with the guard that its own A, ρ, C define.</summary>
    public Buckingham Guarded() => C > 0 ? new(A, Rho, C, Cutoff, BuckinghamGuard.For(A, Rho, C)) : this;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in Buckingham p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse2 = F.Reciprocal(rSquared);
        var energy = F.Parameter(p.A) * F.Exp(F.Parameter(p.slope) * F.Sqrt(rSquared))
            - F.Parameter(p.C) * (inverse2 * inverse2 * inverse2);
        var guardSquared = F.Parameter(p.guardSquared);
        if (F.AnyLess(rSquared, guardSquared))
        {
            var power = F.Parameter(p.Guard.B) * F.Exp(F.Parameter(p.halfExponent) * F.Log(rSquared));
            energy = F.SelectLess(rSquared, guardSquared, F.MultiplyAdd(F.Parameter(p.Guard.D), rSquared, power), energy);
        }
        return energy;
    }

    /// <summary>By hand: energy and force share r, 1/r and the exponential.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in Buckingham p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var inverse2 = inverse * inverse;
        var inverse6 = inverse2 * inverse2 * inverse2;
        var exponential = F.Exp(F.Parameter(p.slope) * (rSquared * inverse));
        var energy = F.Parameter(p.A) * exponential - F.Parameter(p.C) * inverse6;
        var force = F.Parameter(p.overRho) * exponential * inverse - F.Parameter(p.sixC) * (inverse6 * inverse2);
        var guardSquared = F.Parameter(p.guardSquared);
        if (F.AnyLess(rSquared, guardSquared))
        {
            var power = F.Exp(F.Parameter(p.halfExponent) * F.Log(rSquared));
            var guardEnergy = F.MultiplyAdd(F.Parameter(p.Guard.D), rSquared, F.Parameter(p.Guard.B) * power);
            var guardForce = F.MultiplyAdd(F.Parameter(p.guardForce), power * inverse2, F.Const(-2) * F.Parameter(p.Guard.D));
            energy = F.SelectLess(rSquared, guardSquared, guardEnergy, energy);
            force = F.SelectLess(rSquared, guardSquared, guardForce, force);
        }
        return new(energy, force);
    }

    public string? Validate() =>
        ParameterCheck.NotNegative("A", A) ?? ParameterCheck.Positive("rho", Rho) ?? ParameterCheck.NotNegative("C", C)
        ?? ParameterCheck.Positive("cutoff", Cutoff);
}
