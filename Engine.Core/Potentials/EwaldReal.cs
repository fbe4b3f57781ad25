using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>Real-space part of the Ewald sum: U = k qᵢqⱼ erfc(gr)/r. P. P. Ewald, Ann. Phys. 369, 253 (1921).</summary>
/// <param name="Strength">k qᵢqⱼ [energy·length].</param>
/// <param name="Splitting">g > 0 [1/length].</param>
/// <param name="Cutoff">[length]</param>
public readonly record struct EwaldReal(double Strength, double Splitting, double Cutoff) : IPairPotential<EwaldReal>, IPairTerm
{
    private readonly double gaussianFactor = 2 * Splitting / Math.Sqrt(Math.PI);

    public double Strength { get; } = Strength;

    public double Splitting { get; } = Splitting;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => Strength > 0 ? double.PositiveInfinity : double.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in EwaldReal p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var (erfc, _) = F.ErfcGaussian(F.Parameter(p.Splitting) * (rSquared * inverse));
        return F.Parameter(p.Strength) * (erfc * inverse);
    }

    /// <summary>By hand: energy and force share r, 1/r, erfc and the Gaussian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in EwaldReal p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var (erfc, gaussian) = F.ErfcGaussian(F.Parameter(p.Splitting) * (rSquared * inverse));
        var damped = erfc * inverse;
        return new(
            F.Parameter(p.Strength) * damped,
            F.Parameter(p.Strength) * (inverse * inverse) * F.MultiplyAdd(F.Parameter(p.gaussianFactor), gaussian, damped));
    }

    public string? Validate() =>
        ParameterCheck.Finite("strength", Strength) ?? ParameterCheck.Positive("g", Splitting) ?? ParameterCheck.Positive("cutoff", Cutoff);
}
