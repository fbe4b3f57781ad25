using Engine.Kernels.Devices;
using Engine.Kernels.Geometry;

namespace Engine.Kernels.Particles;

/// <summary>
/// Positions as 32-bit fractions of a cell, see particles.cl. Along a periodic axis the cell is the box itself; along an open one it is so much longer than what
/// particles occupy that nothing reaches around it.
/// </summary>
public sealed class FixedPointCell
{
    private const double Units = 4294967296;

    /// <summary>Length of the cell along an open axis over what particles occupy there, or what a list reaches.</summary>
    private const double OpenFactor = 8;

    private readonly Vector3d origin;
    private readonly Vector3d stretch;

    private FixedPointCell(Box box, Vector3d origin, Vector3d stretch)
    {
        (Box, this.origin, this.stretch) = (box, origin, stretch);
    }

    /// <summary>The simulation cell.</summary>
    public Box Box { get; }

    /// <summary>What <see cref="From"/> makes the same cell of: its corner, and its lengths over those of the box.</summary>
    public double[] Frame => [origin.X, origin.Y, origin.Z, stretch.X, stretch.Y, stretch.Z];

    /// <summary>Perpendicular widths of the fixed-point cell; distances below half of the smallest are exact.</summary>
    public Vector3d Widths
    {
        get
        {
            var w = Box.PerpendicularWidths;
            return new(w.X * stretch.X, w.Y * stretch.Y, w.Z * stretch.Z);
        }
    }

    /// <summary>A cell that holds the particles.</summary>
    /// <param name="box">The simulation cell.</param>
    /// <param name="positions">Where they are [length].</param>
    /// <param name="reach">Longest distance that must not wrap around along an open axis [length].</param>
    public static FixedPointCell Around(Box box, IEnumerable<Vector3d> positions, double reach)
    {
        if (box.PeriodicX && box.PeriodicY && box.PeriodicZ)
        {
            return new(box, box.Origin, new(1, 1, 1));
        }
        var low = new Vector3d(double.MaxValue, double.MaxValue, double.MaxValue);
        var high = -low;
        foreach (var r in positions)
        {
            var s = box.ToFractional(r);
            low = new(Math.Min(low.X, s.X), Math.Min(low.Y, s.Y), Math.Min(low.Z, s.Z));
            high = new(Math.Max(high.X, s.X), Math.Max(high.Y, s.Y), Math.Max(high.Z, s.Z));
        }
        var w = box.PerpendicularWidths;
        var stretch = new Vector3d(
            Stretch(box.PeriodicX, high.X - low.X, reach / w.X), Stretch(box.PeriodicY, high.Y - low.Y, reach / w.Y), Stretch(box.PeriodicZ, high.Z - low.Z, reach / w.Z));
        var start = new Vector3d(
            Start(box.PeriodicX, low.X, high.X, stretch.X), Start(box.PeriodicY, low.Y, high.Y, stretch.Y), Start(box.PeriodicZ, low.Z, high.Z, stretch.Z));
        return new(box, box.ToCartesian(start), stretch);

        static double Stretch(bool periodic, double extent, double reach) =>
            periodic ? 1 : OpenFactor * (Math.Max(extent, reach) > 0 ? Math.Max(extent, reach) : 1);

        static double Start(bool periodic, double low, double high, double stretch) => periodic ? 0 : 0.5 * (low + high) - 0.5 * stretch;
    }

    /// <summary>A cell that was saved, see <see cref="Frame"/>.</summary>
    public static FixedPointCell From(Box box, ReadOnlySpan<double> frame) => new(box, new(frame[0], frame[1], frame[2]), new(frame[3], frame[4], frame[5]));

    /// <summary>The same fractions in another box of the same axes; one that is open along an axis cannot be deformed.</summary>
    public FixedPointCell In(Box box) => new(box, box.PeriodicX && box.PeriodicY && box.PeriodicZ ? box.Origin : origin, stretch);

    /// <summary>Whether a position lies in the middle half of the cell along its open axes, with room to move.</summary>
    public bool Holds(Vector3d r)
    {
        var s = (Box with { Origin = origin }).ToFractional(r);
        return (Box.PeriodicX || Inner(s.X / stretch.X)) && (Box.PeriodicY || Inner(s.Y / stretch.Y)) && (Box.PeriodicZ || Inner(s.Z / stretch.Z));

        static bool Inner(double t) => t is > 0.25 and < 0.75;
    }

    /// <summary>The fractions of a position, and the cells that it is away along periodic axes.</summary>
    public (Int4 Position, int I, int J, int K) ToFixed(Vector3d r, int species)
    {
        var s = (Box with { Origin = origin }).ToFractional(r);
        var (x, i) = Split(s.X / stretch.X);
        var (y, j) = Split(s.Y / stretch.Y);
        var (z, k) = Split(s.Z / stretch.Z);
        return (new((int)x, (int)y, (int)z, species), i, j, k);
    }

    /// <summary>The position in the cell [length].</summary>
    public Vector3d ToReal(Int4 p) =>
        origin + Box.Shift((uint)p.X / Units * stretch.X, (uint)p.Y / Units * stretch.Y, (uint)p.Z / Units * stretch.Z);

    /// <summary>What kernels take: lengths of a unit along xx, xy, xz, yy, yz, zz, then units per length along xx, yy, zz.</summary>
    public double[] ToTable() =>
    [
        Box.LengthX * stretch.X / Units, Box.TiltXY * stretch.Y / Units, Box.TiltXZ * stretch.Z / Units,
        Box.LengthY * stretch.Y / Units, Box.TiltYZ * stretch.Z / Units, Box.LengthZ * stretch.Z / Units,
        Units / (Box.LengthX * stretch.X), Units / (Box.LengthY * stretch.Y), Units / (Box.LengthZ * stretch.Z),
    ];

    private static (uint Fraction, int Cell) Split(double s)
    {
        var cell = Math.Floor(s);
        var units = Math.Round((s - cell) * Units);
        return units >= Units ? (0, (int)cell + 1) : ((uint)units, (int)cell);
    }
}
