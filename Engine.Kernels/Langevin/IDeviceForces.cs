using Engine.Kernels.Devices;
using Engine.Kernels.Pair;

namespace Engine.Kernels.Langevin;

/// <summary>Forces on a device beside those of pairs: they are added to what is there.</summary>
public interface IDeviceForces : IDisposable
{
    /// <summary>Adds the forces of a turn, if it moved the particles, or (−1) of the present positions.</summary>
    /// <param name="ring">The clock, see clock.cl.</param>
    /// <param name="turn">Which.</param>
    void Launch(DeviceBuffer<int> ring, int turn);

    /// <summary>The list was built, and the particles are in another order.</summary>
    void ListBuilt();

    /// <summary>Energy and virial of the present positions of each replica; forces stay as they are.</summary>
    /// <param name="ring">The clock.</param>
    /// <param name="launched">Whether the last launch was of the present positions and cell, so that nothing is computed again.</param>
    PairSums[] Sums(DeviceBuffer<int> ring, bool launched);
}
