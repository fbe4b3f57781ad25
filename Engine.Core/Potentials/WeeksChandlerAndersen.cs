using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// The repulsive part of Lennard-Jones: U = 4ε[(σ/r)¹² − (σ/r)⁶] + ε for r &lt; 2^(1/6) σ, 0 beyond.
/// J. D. Weeks, D. Chandler, H. C. Andersen, J. Chem. Phys. 54, 5237 (1971).
/// </summary>
/// <param name="Epsilon">ε ≥ 0 [energy].</param>
/// <param name="Sigma">σ > 0 [length].</param>
public readonly record struct WeeksChandlerAndersen(double Epsilon, double Sigma) : IPairPotential<WeeksChandlerAndersen>, IPairTerm
{
    private readonly Coefficient repulsion = new(4 * Epsilon * Math.Pow(Sigma, 12));
    private readonly Coefficient dispersion = new(4 * Epsilon * Math.Pow(Sigma, 6));
    private readonly Coefficient repulsionForce = new(48 * Epsilon * Math.Pow(Sigma, 12));
    private readonly Coefficient attractionForce = new(-24 * Epsilon * Math.Pow(Sigma, 6));

    public double Epsilon { get; } = Epsilon;

    public double Sigma { get; } = Sigma;

    /// <summary>2^(1/6) σ, the minimum of Lennard-Jones [length].</summary>
    public double Cutoff { get; } = Math.Pow(2, 1.0 / 6) * Sigma;

    public static bool IsShort => true;

    public double EnergyAtOrigin => Epsilon > 0 ? double.PositiveInfinity : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in WeeksChandlerAndersen p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse2 = F.Reciprocal(rSquared);
        var inverse6 = inverse2 * inverse2 * inverse2;
        return F.MultiplyAdd(inverse6, F.Parameter(p.repulsion) * inverse6 - F.Parameter(p.dispersion), F.Parameter(p.Epsilon));
    }

    /// <summary>By hand: no square root, and the sixth power is shared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in WeeksChandlerAndersen p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse2 = F.Reciprocal(rSquared);
        var inverse6 = inverse2 * inverse2 * inverse2;
        return new(
            F.MultiplyAdd(inverse6, F.Parameter(p.repulsion) * inverse6 - F.Parameter(p.dispersion), F.Parameter(p.Epsilon)),
            inverse6 * inverse2 * F.MultiplyAdd(F.Parameter(p.repulsionForce), inverse6, F.Parameter(p.attractionForce)));
    }

    public string? Validate() => ParameterCheck.NotNegative("epsilon", Epsilon) ?? ParameterCheck.Positive("sigma", Sigma);
}
