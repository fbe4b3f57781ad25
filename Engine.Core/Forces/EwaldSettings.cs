using Engine.Kernels.Errors;
using Engine.Kernels.Ewald;
using Engine.Kernels.Geometry;

namespace Engine.Core.Forces;

/// <summary>How an Ewald sum is split between real and reciprocal space.</summary>
/// <param name="Splitting">g [1/length].</param>
/// <param name="RealCutoff">[length]</param>
/// <param name="ReciprocalCutoff">Largest |K| [1/length].</param>
/// <param name="Coulomb">k = e²/(4πε₀) [energy·length/charge²].</param>
/// <param name="Background">Whether a homogeneous background may neutralise a net charge.</param>
/// <param name="Method">How the reciprocal part is computed.</param>
public sealed record EwaldSettings(double Splitting, double RealCutoff, double ReciprocalCutoff, double Coulomb, bool Background, EwaldMethod Method = EwaldMethod.Auto)
{
    /// <summary>Fewest particles for which <see cref="EwaldMethod.Auto"/> takes a mesh.</summary>
    public const int FewestOfMesh = 500;

    /// <summary>Smallest exp(−K²/4g²) for which it does: a mesh for less has many more points than there are wave vectors.</summary>
    public const double FinestOfMesh = 1e-9;

    /// <summary>
    /// g and the reciprocal cutoff that leave the same relative error δ on both sides at a given real-space cutoff:
    /// exp(−g²r_c²) = exp(−K²/4g²) = δ, so that g = √(ln 1/δ)/r_c and K = 2 ln(1/δ)/r_c. At the densities of ionic solids the rms force error
    /// is then about δ times the force between two unit charges one length unit apart (J. Kolafa, J. W. Perram, Mol. Simul. 9, 351 (1992)).
    /// Neither depends on box or particle number, so that a barostat never changes the splitting.
    /// </summary>
    /// <param name="accuracy">δ, 0 &lt; δ &lt; 0.1.</param>
    /// <param name="realCutoff">[length]</param>
    /// <param name="coulomb">[energy·length/charge²]</param>
    /// <param name="background">See <see cref="Background"/>.</param>
    /// <param name="method">See <see cref="Method"/>.</param>
    public static EwaldSettings ForAccuracy(double accuracy, double realCutoff, double coulomb, bool background, EwaldMethod method = EwaldMethod.Auto)
    {
        var exponent = -Math.Log(accuracy);
        return new(Math.Sqrt(exponent) / realCutoff, realCutoff, 2 * exponent / realCutoff, coulomb, background, method);
    }

    /// <summary>
    /// Whether the reciprocal part of that many particles is computed on a mesh. Nothing else decides it, not even the box, so that neither a barostat nor resuming a run changes the method.
    /// </summary>
    public bool OnMesh(int particles) => Method == EwaldMethod.Mesh
        || (Method == EwaldMethod.Auto && particles >= FewestOfMesh && ReciprocalCutoff * ReciprocalCutoff <= -4 * Splitting * Splitting * Math.Log(FinestOfMesh) * (1 + 1e-12));

    /// <summary>What the reciprocal part is computed by, for people: "a mesh of 48 × 48 × 48 points", or "about 13700 wave vectors".</summary>
    /// <exception cref="InputException">These would be too many.</exception>
    public string Describe(Box box, int particles)
    {
        if (!OnMesh(particles))
        {
            return FormattableString.Invariant($"about {Math.Ceiling(ReciprocalSum.CountOf(box, ReciprocalCutoff))} wave vectors");
        }
        var (x, y, z) = MeshSum.PointsOf(box, Splitting, ReciprocalCutoff);
        return FormattableString.Invariant($"a mesh of {x} × {y} × {z} points");
    }

    /// <summary>Energy of the charges with their own Gaussian clouds: −k (g/√π) Σq² [energy].</summary>
    public double SelfEnergy(double sumOfSquares) => -Coulomb * Splitting / Math.Sqrt(Math.PI) * sumOfSquares;

    /// <summary>Energy of a net charge with the homogeneous background: −k π (Σq)²/(2 V g²) [energy]; its virial is this times the unit tensor.</summary>
    public double BackgroundEnergy(double netCharge, double volume) =>
        -Coulomb * Math.PI * netCharge * netCharge / (2 * volume * Splitting * Splitting);
}
