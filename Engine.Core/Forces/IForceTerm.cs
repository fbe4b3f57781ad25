using Engine.Core.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Forces;

/// <summary>A contribution that is not a sum over the pair list (reciprocal Ewald sum, external field): adds to the forces already in the buffers.</summary>
public interface IForceTerm
{
    /// <summary>What it is, for tables: "reciprocal sum".</summary>
    string Name { get; }

    /// <summary>Particles farther apart do not see each other in it [length]; 0 where that is no matter of distance.</summary>
    double Cutoff => 0;

    /// <summary>
    /// Adds this term's forces to FX, FY, FZ and returns its energy (when <paramref name="energy"/>, else NaN is allowed) and virial.
    /// Must give the same bits for any number of workers. With <paramref name="allowOverlap"/> particles may be closer than the potential's minimum distance,
    /// which is of no meaning to terms that know none.
    /// </summary>
    ForceSums Add(ParticleSystem system, Workers workers, bool energy, bool allowOverlap);
}
