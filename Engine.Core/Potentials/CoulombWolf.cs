using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace Engine.Core.Potentials;

/// <summary>
/// Wolf sum: U = k qᵢqⱼ [erfc(αr)/r − erfc(αr_c)/r_c]. D. Wolf, P. Keblinski, S. R. Phillpot, J. Eggebrecht, J. Chem. Phys. 110, 8254 (1999).
/// The force is the shifted one that LAMMPS <c>coul/wolf</c> uses (that of <see cref="CoulombDsf"/>), which is <b>not</b> the gradient of this
/// energy: total energy drifts by construction. For comparison with published work only; prefer <see cref="CoulombDsf"/> or Ewald.
/// </summary>
/// <param name="Strength">k qᵢqⱼ [energy·length].</param>
/// <param name="Alpha">Damping α > 0 [1/length].</param>
/// <param name="Cutoff">r_c [length].</param>
public readonly record struct CoulombWolf(double Strength, double Alpha, double Cutoff) : IPairPotential<CoulombWolf>, IPairTerm
{
    private readonly double energyShift = -Strength * SpecialFunctions.Erfc(Alpha * Cutoff) / Cutoff;
    private readonly double forceShift = Strength * CoulombDsf.ForceShiftOf(Alpha, Cutoff);
    private readonly double gaussianFactor = 2 * Alpha / Math.Sqrt(Math.PI);

    public double Strength { get; } = Strength;

    public double Alpha { get; } = Alpha;

    public double Cutoff { get; } = Cutoff;

    public double EnergyAtOrigin => Strength > 0 ? double.PositiveInfinity : double.NegativeInfinity;

    /// <summary>−k q²(erfc(αr_c)/(2r_c) + α/√π) of one particle [energy]; <paramref name="strength"/> = k q².</summary>
    public static double SelfEnergy(double strength, double alpha, double cutoff) =>
        -strength * (SpecialFunctions.Erfc(alpha * cutoff) / (2 * cutoff) + alpha / Math.Sqrt(Math.PI));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Energy<F>(in CoulombWolf p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var (erfc, _) = F.ErfcGaussian(F.Parameter(p.Alpha) * (rSquared * inverse));
        return F.MultiplyAdd(F.Parameter(p.Strength), erfc * inverse, F.Parameter(p.energyShift));
    }

    /// <summary>Energy of Wolf, force of DSF: see the remark on the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairValue<F> EnergyAndForce<F>(in CoulombWolf p, F rSquared)
        where F : struct, IReal<F>
    {
        var inverse = F.ReciprocalSqrt(rSquared);
        var (erfc, gaussian) = F.ErfcGaussian(F.Parameter(p.Alpha) * (rSquared * inverse));
        var bare = F.Parameter(p.Strength) * inverse;
        var damped = erfc * inverse;
        return new(
            F.MultiplyAdd(F.Parameter(p.Strength), damped, F.Parameter(p.energyShift)),
            inverse * F.MultiplyAdd(bare, F.MultiplyAdd(F.Parameter(p.gaussianFactor), gaussian, damped), F.Parameter(p.forceShift)));
    }

    public string? Validate() =>
        ParameterCheck.Finite("strength", Strength) ?? ParameterCheck.Positive("alpha", Alpha) ?? ParameterCheck.Positive("cutoff", Cutoff);
}
