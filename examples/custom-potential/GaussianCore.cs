using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;

namespace CustomPotential;

/// <summary>The Gaussian core model of soft matter: U = ε exp(−r²/σ²). F. H. Stillinger, J. Chem. Phys. 65, 3968 (1976).</summary>
public readonly record struct GaussianCore(double Epsilon, double Sigma, double Cutoff) : IPairPotential<GaussianCore>
{
    public static F Energy<F>(in GaussianCore p, F rSquared)
        where F : struct, IReal<F> =>
        F.Parameter(p.Epsilon) * F.Exp(F.Parameter(-1 / (p.Sigma * p.Sigma)) * rSquared);
}
