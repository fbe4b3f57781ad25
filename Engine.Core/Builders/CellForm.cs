using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Core.Builders;

/// <summary>Brings cells into the form that <see cref="Box"/> has and that the neighbour search wants.</summary>
public static class CellForm
{
    /// <summary>
    /// The lower-triangular box of three cell vectors: a along x, b in the xy plane. Cells that have this form already are taken as they are;
    /// others are rotated (rows of <paramref name="rotation"/> are the new axes, r' = R r), and of a left-handed triple c is reversed, which
    /// spans the same lattice.
    /// </summary>
    /// <param name="a">First cell vector.</param>
    /// <param name="b">Second cell vector.</param>
    /// <param name="c">Third cell vector.</param>
    /// <param name="rotation">Null when nothing was rotated.</param>
    /// <returns>Null when the three vectors span no volume or are not finite.</returns>
    public static Box? LowerTriangular(Vector3d a, Vector3d b, Vector3d c, out Vector3d[]? rotation)
    {
        rotation = null;
        if (a.Y == 0 && a.Z == 0 && b.Z == 0 && a.X > 0 && b.Y > 0 && c.Z > 0)
        {
            var plain = new Box(a.X, b.Y, c.Z, b.X, c.X, c.Y);
            return double.IsFinite(plain.Volume + b.X + c.X + c.Y) && plain.Volume > 0 ? plain : null;
        }
        var normal = Vector3d.Cross(a, b);
        var volume = Vector3d.Dot(normal, c);
        if (!double.IsFinite(volume) || !(Math.Abs(volume) > 1e-12 * a.Length * b.Length * c.Length))
        {
            return null;
        }
        var origin = Vector3d.Zero;
        if (volume < 0)
        {
            (origin, c) = (c, -c);
        }
        var x = a / a.Length;
        var z = normal / normal.Length;
        var y = Vector3d.Cross(z, x);
        rotation = [x, y, z];
        return new Box(
            a.Length, Vector3d.Dot(b, y), Vector3d.Dot(c, z), Vector3d.Dot(b, x), Vector3d.Dot(c, x), Vector3d.Dot(c, y), Rotate(rotation, origin));
    }

    /// <summary>R v.</summary>
    public static Vector3d Rotate(Vector3d[] rotation, Vector3d v) =>
        new(Vector3d.Dot(rotation[0], v), Vector3d.Dot(rotation[1], v), Vector3d.Dot(rotation[2], v));

    /// <summary>R v for every row of an [N, 3] array, in place.</summary>
    public static void Rotate(Vector3d[] rotation, double[]? rows)
    {
        for (var i = 0; i < (rows?.Length ?? 0); i += 3)
        {
            var v = Rotate(rotation, new Vector3d(rows![i], rows[i + 1], rows[i + 2]));
            (rows[i], rows[i + 1], rows[i + 2]) = (v.X, v.Y, v.Z);
        }
    }

    /// <summary>R W Rᵀ.</summary>
    public static SymmetricTensor Rotate(Vector3d[] rotation, SymmetricTensor w)
    {
        Vector3d Times(Vector3d v) => new(
            w.XX * v.X + w.XY * v.Y + w.XZ * v.Z, w.XY * v.X + w.YY * v.Y + w.YZ * v.Z, w.XZ * v.X + w.YZ * v.Y + w.ZZ * v.Z);
        double Component(int i, int j) => Vector3d.Dot(rotation[i], Times(rotation[j]));
        return new(Component(0, 0), Component(1, 1), Component(2, 2), Component(0, 1), Component(0, 2), Component(1, 2));
    }

    /// <summary>
    /// The same lattice with |TiltXY|, |TiltXZ| ≤ LengthX/2 and |TiltYZ| ≤ LengthY/2 where the axes concerned are periodic; image counters
    /// follow. Returns the configuration itself when its cell is reduced already.
    /// </summary>
    public static Configuration Reduce(Configuration configuration)
    {
        var box = configuration.Box;
        var (xy, xz, yz) = (box.TiltXY, box.TiltXZ, box.TiltYZ);
        // A tilt of exactly half an edge is reduced; rounding half away from zero would flip it back and forth.
        static double Excess(double tilt, double length, bool periodic) => periodic && Math.Abs(tilt) > 0.5 * length ? Math.Round(tilt / length) : 0;
        var bByA = Excess(xy, box.LengthX, box.PeriodicX && box.PeriodicY);
        xy -= bByA * box.LengthX;
        var cByB = Excess(yz, box.LengthY, box.PeriodicY && box.PeriodicZ);
        yz -= cByB * box.LengthY;
        xz -= cByB * xy;
        var cByA = Excess(xz, box.LengthX, box.PeriodicX && box.PeriodicZ);
        xz -= cByA * box.LengthX;
        if (bByA == 0 && cByB == 0 && cByA == 0)
        {
            return configuration;
        }
        int[]? images = null;
        if (configuration.Images is { } old)
        {
            images = [.. old];
            for (var i = 0; i < images.Length; i += 3)
            {
                images[i] += (int)bByA * old[i + 1] + (int)cByA * old[i + 2];
                images[i + 1] += (int)cByB * old[i + 2];
            }
        }
        return new Configuration
        {
            Step = configuration.Step,
            Time = configuration.Time,
            Box = box with { TiltXY = xy, TiltXZ = xz, TiltYZ = yz },
            SpeciesTable = configuration.SpeciesTable,
            Species = configuration.Species,
            Positions = configuration.Positions,
            Images = images,
            Velocities = configuration.Velocities,
            Forces = configuration.Forces,
            Charges = configuration.Charges,
            Energy = configuration.Energy,
            Virial = configuration.Virial,
        };
    }
}
