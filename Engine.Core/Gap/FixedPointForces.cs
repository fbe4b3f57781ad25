using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Gap;
using Engine.Kernels.Geometry;

namespace Engine.Core.Gap;

/// <summary>
/// Forces that threads add to in any order with the same result to the last bit: 64-bit integers in units of 2⁻⁴⁰ of the unit of force. What is added to one particle and taken
/// from another cancels exactly.
/// </summary>
internal sealed class FixedPointForces
{
    private const double Scale = 1L << 40;

    /// <summary>Forces of pairs stay below this: an eightieth of what the integers hold, enough for all neighbours of a particle [energy/length].</summary>
    public const int Largest = DeviceGapForces.LargestForce;

    private long[] sums = [];

    /// <summary>Room for a number of slots, all 0.</summary>
    public void Clear(int slots)
    {
        if (sums.Length < 3 * slots)
        {
            sums = new long[3 * slots];
        }
        else
        {
            sums.AsSpan(0, 3 * slots).Clear();
        }
    }

    /// <summary>A force on one particle, and its opposite on another.</summary>
    /// <exception cref="ForceException">It is not finite or beyond all measure.</exception>
    public void Add(int particle, int other, Vector3d force)
    {
        if (!(Math.Abs(force.X) + Math.Abs(force.Y) + Math.Abs(force.Z) < Largest))
        {
            throw new ForceException(FormattableString.Invariant(
                $"gap: a pair of particles exerts a force of ({force.X:G3}, {force.Y:G3}, {force.Z:G3}); expected less than {Largest:G1}; they overlap: minimise first, or use a smaller time step"));
        }
        Add(particle, other, 0, force.X);
        Add(particle, other, 1, force.Y);
        Add(particle, other, 2, force.Z);
    }

    /// <summary>Adds them to the forces of a system.</summary>
    public void AddTo(ParticleSystem system)
    {
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            system.FX[slot] += sums[3 * slot] / Scale;
            system.FY[slot] += sums[3 * slot + 1] / Scale;
            system.FZ[slot] += sums[3 * slot + 2] / Scale;
        }
    }

    private void Add(int particle, int other, int axis, double force)
    {
        var units = (long)Math.Round(force * Scale);
        Interlocked.Add(ref sums[3 * particle + axis], units);
        Interlocked.Add(ref sums[3 * other + axis], -units);
    }
}
