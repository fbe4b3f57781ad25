using Engine.Kernels.Pair;
using Engine.Kernels.Particles;

namespace Engine.Kernels.Langevin;

/// <summary>Forces on a device beside those of pairs: they are added to what is there.</summary>
public interface IDeviceForces : IDisposable
{
    /// <summary>Adds the forces of the present positions.</summary>
    /// <param name="graphStep">When, see <see cref="GraphStep"/>.</param>
    void Launch(int graphStep);

    /// <summary>The list was built, and the particles are in another order.</summary>
    /// <param name="graphStep"><see cref="GraphStep.AfterList"/> or <see cref="GraphStep.AtOnce"/>.</param>
    void ListBuilt(int graphStep);

    /// <summary>Energy and virial of the present positions of each replica; forces stay as they are.</summary>
    /// <param name="launched">Whether the last launch was of the present positions and cell, so that nothing is computed again.</param>
    PairSums[] Sums(bool launched);
}
