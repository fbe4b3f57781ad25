using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>Energy of a pair [energy] and minus its derivative divided by the distance, −(dU/dr)/r [energy/length²].</summary>
public readonly record struct PairValue<F>(F Energy, F ForceOverDistance)
    where F : struct, IReal<F>;

/// <summary>
/// A pair interaction written once: a <c>readonly record struct</c> holding its parameters for one pair of species, and one generic formula
/// over <see cref="IReal{F}"/>. The force follows by forward differentiation; a potential may override
/// <see cref="EnergyAndForce{F}"/> where a hand-written pair pays. The caller guarantees r² ≤ <see cref="Cutoff"/>² and ignores what lies
/// beyond, so a formula needs no cutoff test of its own unless its terms have different cutoffs.
/// </summary>
/// <remarks>
/// What a formula may do with r²: add, subtract, multiply, divide and negate; <c>F.MultiplyAdd</c>, <c>F.Reciprocal</c>, <c>F.Sqrt</c>, <c>F.ReciprocalSqrt</c>, <c>F.Exp</c>, <c>F.Log</c>,
/// <c>F.ErfcGaussian</c>, <c>F.Min</c>, <c>F.Max</c>, <c>F.SelectLess</c> for a choice, <c>F.Lookup</c> in a <see cref="CubicTable"/> for everything else. Whole powers are products. What it does
/// with its parameters, which are doubles, is plain C#: <c>F.Parameter(Math.Pow(p.Sigma, 6))</c>, <c>F.Const(0.5)</c>. It may not branch or loop on r² (there are many at once, and on a device
/// none yet); <c>F.AnyLess</c> only skips what would be thrown away.
/// </remarks>
public interface IPairPotential<TSelf>
    where TSelf : struct, IPairPotential<TSelf>
{
    /// <summary>Distance beyond which this term vanishes [length].</summary>
    double Cutoff { get; }

    /// <summary>Whether the formula is a few operations long: cheaper to evaluate for pairs beyond the cutoff, too, than to sort those out.</summary>
    static virtual bool IsShort => false;

    /// <summary>U(r²).</summary>
    static abstract F Energy<F>(in TSelf p, F rSquared)
        where F : struct, IReal<F>;

    /// <summary>U and −U′/r; by default from <see cref="Energy{F}"/> through <see cref="Dual{F}"/>: −(dU/dr)/r = −2 dU/d(r²).</summary>
    static virtual PairValue<F> EnergyAndForce<F>(in TSelf p, F rSquared)
        where F : struct, IReal<F>
    {
        var u = TSelf.Energy(in p, Dual<F>.Variable(rSquared));
        return new(u.Value, F.Const(-2) * u.Derivative);
    }

    /// <summary>−U′/r alone, for steps that need no energy; overridden where it saves work that the compiler cannot drop by itself.</summary>
    static virtual F ForceOverDistance<F>(in TSelf p, F rSquared)
        where F : struct, IReal<F> => TSelf.EnergyAndForce(in p, rSquared).ForceOverDistance;
}
