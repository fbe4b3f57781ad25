using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>Lennard-Jones: U = 4ε[(σ/r)¹² − (σ/r)⁶]. J. E. Jones, Proc. R. Soc. A 106, 463 (1924).</summary>
/// <param name="Epsilon">Depth of the well ε ≥ 0 [energy].</param>
/// <param name="Sigma">Distance of zero energy σ > 0 [length].</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct LennardJones(double Epsilon, double Sigma, double Cutoff)
    : IPairPotential<LennardJones>, IPairTerm, ITailIntegral
{
    private readonly Coefficient repulsion = new(4 * Epsilon * Math.Pow(Sigma, 12));
    private readonly Coefficient dispersion = new(4 * Epsilon * Math.Pow(Sigma, 6));
    private readonly Coefficient repulsionForce = new(48 * Epsilon * Math.Pow(Sigma, 12));
    private readonly Coefficient attractionForce = new(-24 * Epsilon * Math.Pow(Sigma, 6));

    public double Epsilon { get; } = Epsilon;

    public double Sigma { get; } = Sigma;

    public double Cutoff { get; } = Cutoff;

    public static bool IsShort => true;

    public double EnergyAtOrigin => Epsilon > 0 ? double.PositiveInfinity : 0;

    public double TailIntegral => repulsion.Value / (9 * Math.Pow(Cutoff, 9)) - dispersion.Value / (3 * Math.Pow(Cutoff, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in LennardJones p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse2 = F.Reciprocal(rSquared);
        var inverse6 = inverse2 * inverse2 * inverse2;
        return inverse6 * (F.Parameter(p.repulsion) * inverse6 - F.Parameter(p.dispersion));
    }

    /// <summary>By hand: no square root, and the sixth power is shared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in LennardJones p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse2 = F.Reciprocal(rSquared);
        var inverse6 = inverse2 * inverse2 * inverse2;
        return new(
            inverse6 * (F.Parameter(p.repulsion) * inverse6 - F.Parameter(p.dispersion)),
            inverse6 * inverse2 * F.MultiplyAdd(F.Parameter(p.repulsionForce), inverse6, F.Parameter(p.attractionForce)));
    }

    public string? Validate() =>
        ParameterCheck.NotNegative("epsilon", Epsilon) ?? ParameterCheck.Positive("sigma", Sigma) ?? ParameterCheck.Positive("cutoff", Cutoff);
}
