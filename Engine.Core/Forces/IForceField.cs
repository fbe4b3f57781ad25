using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Core.Forces;

/// <summary>What a force evaluation found besides the forces.</summary>
/// <param name="Energy">Potential energy [energy]; NaN when it was not asked for.</param>
/// <param name="Virial">W = Σ_pairs r ⊗ f [energy], always computed.</param>
public readonly record struct ForceSums(double Energy, SymmetricTensor Virial)
{
    public static ForceSums operator +(ForceSums a, ForceSums b) => new(a.Energy + b.Energy, a.Virial + b.Virial);
}

/// <summary>Everything that acts on the particles.</summary>
public interface IForceField
{
    /// <summary>
    /// Makes ready for <see cref="Compute"/> at the present positions and box: where particles moved too far it wraps, re-sorts them into new
    /// slots and rebuilds its lists. The only place where slots change.
    /// </summary>
    void Prepare(ParticleSystem system);

    /// <summary>Overwrites FX, FY, FZ of every slot (zero in vacant ones) and returns the sums.</summary>
    ForceSums Compute(ParticleSystem system, bool energy);

    /// <summary>Tells that positions and box were changed by an affine map (barostat, box relaxation).</summary>
    /// <param name="system">The particles.</param>
    /// <param name="newLattice">
    /// Whether shorter cell vectors were chosen afterwards and particles wrapped into the new cell: nothing that was listed before holds then.
    /// </param>
    void BoxChanged(ParticleSystem system, bool newLattice);
}
