using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Kernels.Ewald;

/// <summary>The reciprocal part of an Ewald sum: by wave vectors (<see cref="ReciprocalSum"/>) or on a mesh (<see cref="MeshSum"/>).</summary>
public interface IReciprocalSum
{
    /// <summary>Adds the forces to <paramref name="forceX"/> … and returns energy and virial.</summary>
    /// <param name="box">Periodic in all directions.</param>
    /// <param name="slots">Number of slots; the arrays may be longer.</param>
    /// <param name="positionX">Positions; slots of charge 0 are skipped, whatever they hold.</param>
    /// <param name="positionY">See <paramref name="positionX"/>.</param>
    /// <param name="positionZ">See <paramref name="positionX"/>.</param>
    /// <param name="slotCharges">Charge of each slot, 0 in vacant ones.</param>
    /// <param name="coulomb">k = e²/(4πε₀) [energy·length/charge²].</param>
    /// <param name="forceX">Forces to add to.</param>
    /// <param name="forceY">See <paramref name="forceX"/>.</param>
    /// <param name="forceZ">See <paramref name="forceX"/>.</param>
    /// <param name="workers">The team.</param>
    (double Energy, SymmetricTensor Virial) Add(
        Box box, int slots, double[] positionX, double[] positionY, double[] positionZ, double[] slotCharges, double coulomb,
        double[] forceX, double[] forceY, double[] forceZ, Workers workers);
}
