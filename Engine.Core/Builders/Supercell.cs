using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.Core.Builders;

/// <summary>Periodic copies of a configuration.</summary>
public static class Supercell
{
    /// <summary>
    /// x · y · z copies along the cell vectors, copy after copy (x fastest). Velocities and forces are copied, energy and virial multiplied,
    /// image counters refer to the new cell and start at zero.
    /// </summary>
    /// <exception cref="InputException">Copies along an open axis, or too many particles.</exception>
    public static Configuration Build(Configuration cell, int x, int y, int z)
    {
        var box = cell.Box;
        var copies = (long)x * y * z;
        if (copies == 1)
        {
            return cell;
        }
        if ((x > 1 && !box.PeriodicX) || (y > 1 && !box.PeriodicY) || (z > 1 && !box.PeriodicZ))
        {
            throw new InputException($"system.replicate {x} {y} {z} asks for copies along an open axis; copy periodic axes only");
        }
        if (copies * cell.Count > int.MaxValue / 3)
        {
            throw new InputException($"system.replicate {x} {y} {z} makes {copies * cell.Count} particles; at most {int.MaxValue / 3} are possible");
        }
        var positions = new double[3 * copies * cell.Count];
        var write = 0;
        for (var k = 0; k < z; k++)
        {
            for (var j = 0; j < y; j++)
            {
                for (var i = 0; i < x; i++)
                {
                    var shift = box.Shift(i, j, k);
                    for (var n = 0; n < cell.Count; n++)
                    {
                        positions[write++] = cell.Positions[3 * n] + shift.X;
                        positions[write++] = cell.Positions[3 * n + 1] + shift.Y;
                        positions[write++] = cell.Positions[3 * n + 2] + shift.Z;
                    }
                }
            }
        }
        return new Configuration
        {
            Step = cell.Step,
            Time = cell.Time,
            Box = box with
            {
                LengthX = box.LengthX * x,
                LengthY = box.LengthY * y,
                LengthZ = box.LengthZ * z,
                TiltXY = box.TiltXY * y,
                TiltXZ = box.TiltXZ * z,
                TiltYZ = box.TiltYZ * z,
            },
            SpeciesTable = cell.SpeciesTable,
            Species = Repeat(cell.Species, copies)!,
            Positions = positions,
            Velocities = Repeat(cell.Velocities, copies),
            Forces = Repeat(cell.Forces, copies),
            Charges = Repeat(cell.Charges, copies),
            Energy = cell.Energy * copies,
            Virial = cell.Virial is { } virial ? copies * virial : null,
        };
    }

    private static T[]? Repeat<T>(T[]? values, long copies)
    {
        if (values is null)
        {
            return null;
        }
        var repeated = new T[values.Length * copies];
        for (var copy = 0L; copy < copies; copy++)
        {
            values.CopyTo(repeated, copy * values.Length);
        }
        return repeated;
    }
}
