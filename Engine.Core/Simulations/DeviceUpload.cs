using Engine.Core.Particles;
using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;
using Engine.Kernels.Particles;

namespace Engine.Core.Simulations;

/// <summary>Particles on their way from the host to a device, one system after the other.</summary>
/// <param name="count">Particles of all systems.</param>
internal sealed class DeviceUpload(int count)
{
    private readonly Int4[] images = new Int4[count];
    private readonly Float4[] velocities = new Float4[count];
    private FixedPointCell? cell;
    private int filled;

    public Int4[] Positions { get; } = new Int4[count];

    /// <summary>A cell for systems of one box: the former one if it still holds them, so that resuming changes no bit.</summary>
    /// <param name="systems">The systems.</param>
    /// <param name="former">Their cell so far, or null.</param>
    /// <param name="reach">What a list reaches [length].</param>
    public static FixedPointCell CellFor(IReadOnlyList<ParticleSystem> systems, FixedPointCell? former, double reach)
    {
        var box = systems[0].Box;
        var positions = systems.SelectMany(system => SlotsOfIds(system).Select(slot => new Vector3d(system.X[slot], system.Y[slot], system.Z[slot])));
        return former is not null && positions.All(former.Holds) ? former.In(box) : FixedPointCell.Around(box, positions, reach);
    }

    /// <summary>Adds the particles of a system.</summary>
    /// <param name="system">Whose.</param>
    /// <param name="order">Ids in the order they shall lie in.</param>
    /// <param name="fixedPoint">The cell of all systems.</param>
    public void Add(ParticleSystem system, ReadOnlySpan<int> order, FixedPointCell fixedPoint)
    {
        cell = fixedPoint;
        var slots = SlotsOfIds(system);
        foreach (var id in order)
        {
            var slot = slots[id];
            var (position, a, b, c) = fixedPoint.ToFixed(new(system.X[slot], system.Y[slot], system.Z[slot]), system.SpeciesOf(slot));
            Positions[filled] = position;
            images[filled] = new(system.ImageX[slot] + a, system.ImageY[slot] + b, system.ImageZ[slot] + c, id);
            velocities[filled] = Velocity(system, slot);
            filled++;
        }
    }

    /// <summary>Hands everything over.</summary>
    public void To(DeviceMotion motion) => motion.Replace(cell!, Positions, images, velocities);

    /// <summary>A particle's velocity as kernels have it.</summary>
    public static Float4 Velocity(ParticleSystem system, int slot) => new(
        (float)system.VX[slot], (float)system.VY[slot], (float)system.VZ[slot], (float)system.AccelerationPerForce[system.SpeciesOf(slot)]);

    /// <summary>The way back: puts the particles of a device into a system, wherever a list has moved them.</summary>
    /// <param name="system">Which gets them; velocities and forces that are not given stay as they are.</param>
    /// <param name="cell">In which positions are fractions.</param>
    /// <param name="lag">What velocities trail by [time].</param>
    /// <param name="positions">Of the device, in its order.</param>
    /// <param name="images">With the ids.</param>
    /// <param name="velocities">Likewise, or empty.</param>
    /// <param name="forces">Likewise, or empty.</param>
    public static void Take(
        ParticleSystem system, FixedPointCell cell, double lag, ReadOnlySpan<Int4> positions, ReadOnlySpan<Int4> images, ReadOnlySpan<Float4> velocities,
        ReadOnlySpan<Float4> forces)
    {
        var slots = SlotsOfIds(system);
        system.Box = cell.Box;
        system.KickLag = lag;
        for (var i = 0; i < positions.Length; i++)
        {
            var slot = slots[images[i].W];
            var r = cell.ToReal(positions[i]);
            (system.X[slot], system.Y[slot], system.Z[slot]) = (r.X, r.Y, r.Z);
            (system.ImageX[slot], system.ImageY[slot], system.ImageZ[slot]) = (images[i].X, images[i].Y, images[i].Z);
        }
        for (var i = 0; i < velocities.Length; i++)
        {
            var slot = slots[images[i].W];
            (system.VX[slot], system.VY[slot], system.VZ[slot]) = (velocities[i].X, velocities[i].Y, velocities[i].Z);
        }
        for (var i = 0; i < forces.Length; i++)
        {
            var slot = slots[images[i].W];
            (system.FX[slot], system.FY[slot], system.FZ[slot]) = (forces[i].X, forces[i].Y, forces[i].Z);
        }
    }

    /// <summary>Where each particle lies in a system's arrays.</summary>
    public static int[] SlotsOfIds(ParticleSystem system)
    {
        var slots = new int[system.Count];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            if (system.Id[slot] >= 0)
            {
                slots[system.Id[slot]] = slot;
            }
        }
        return slots;
    }

    /// <summary>Particles of each species.</summary>
    public static int[] CountSpecies(ParticleSystem system)
    {
        var counts = new int[system.SpeciesTable.Count];
        foreach (var slot in SlotsOfIds(system))
        {
            counts[system.SpeciesOf(slot)]++;
        }
        return counts;
    }
}
