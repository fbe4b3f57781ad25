using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// Damped shifted-force Coulomb sum: U = k qᵢqⱼ [erfc(αr)/r − e − f r] with f = −(erfc(αr_c)/r_c² + (2α/√π) exp(−α²r_c²)/r_c) and
/// e = erfc(αr_c)/r_c − f r_c, so that energy and force vanish at the cutoff. C. J. Fennell, J. D. Gezelter, J. Chem. Phys. 124, 234104 (2006).
/// Each particle has besides the constant <see cref="SelfEnergy"/>.
/// </summary>
/// <param name="Strength">k qᵢqⱼ [energy·length].</param>
/// <param name="Alpha">Damping α > 0 [1/length]; α r_c ≥ 2.8 for lattice constants good to 1e-3.</param>
/// <param name="Cutoff">r_c [length].</param>
public readonly record struct CoulombDsf(double Strength, double Alpha, double Cutoff) : IPairPotential<CoulombDsf>, IPairTerm
{
    private readonly double energyShift = -Strength * EnergyShiftOf(Alpha, Cutoff);
    private readonly double forceShift = Strength * ForceShiftOf(Alpha, Cutoff);
    private readonly double gaussianFactor = 2 * Alpha / Math.Sqrt(Math.PI);

    public double Strength { get; } = Strength;

    public double Alpha { get; } = Alpha;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => Strength > 0 ? double.PositiveInfinity : double.NegativeInfinity;

    /// <summary>−k q²(e/2 + α/√π) of one particle; independent of its surroundings [energy].</summary>
    /// <param name="strength">k q² [energy·length].</param>
    /// <param name="alpha">Damping [1/length].</param>
    /// <param name="cutoff">[length]</param>
    public static double SelfEnergy(double strength, double alpha, double cutoff) =>
        -strength * (0.5 * EnergyShiftOf(alpha, cutoff) + alpha / Math.Sqrt(Math.PI));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in CoulombDsf p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var r = rSquared * inverse;
        var (erfc, _) = F.ErfcGaussian(F.Parameter(p.Alpha) * r);
        return F.Parameter(p.Strength) * (erfc * inverse) + (F.Parameter(p.energyShift) - F.Parameter(p.forceShift) * r);
    }

    /// <summary>By hand: energy and force share r, 1/r, erfc and the Gaussian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in CoulombDsf p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var r = rSquared * inverse;
        var (erfc, gaussian) = F.ErfcGaussian(F.Parameter(p.Alpha) * r);
        var bare = F.Parameter(p.Strength) * inverse;
        var damped = erfc * inverse;
        return new(
            F.Parameter(p.Strength) * damped + (F.Parameter(p.energyShift) - F.Parameter(p.forceShift) * r),
            inverse * F.MultiplyAdd(bare, F.MultiplyAdd(F.Parameter(p.gaussianFactor), gaussian, damped), F.Parameter(p.forceShift)));
    }

    public string? Validate() =>
        ParameterCheck.Finite("strength", Strength) ?? ParameterCheck.Positive("alpha", Alpha) ?? ParameterCheck.Positive("cutoff", Cutoff);

    internal static double ForceShiftOf(double alpha, double cutoff) =>
        -(SpecialFunctions.Erfc(alpha * cutoff) / cutoff + 2 * alpha / Math.Sqrt(Math.PI) * Math.Exp(-alpha * alpha * cutoff * cutoff)) / cutoff;

    private static double EnergyShiftOf(double alpha, double cutoff) =>
        SpecialFunctions.Erfc(alpha * cutoff) / cutoff - ForceShiftOf(alpha, cutoff) * cutoff;
}
