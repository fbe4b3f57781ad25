namespace Engine.Kernels.Geometry;

/// <summary>
/// The simulation cell in lower-triangular form: rows a = (LengthX, 0, 0), b = (TiltXY, LengthY, 0), c = (TiltXZ, TiltYZ, LengthZ),
/// lower corner <see cref="Origin"/>; each axis is periodic or open. On an open axis the box only states where particles were, it does not
/// bound them. Lengths in the unit of the system in use.
/// </summary>
public readonly record struct Box(
    double LengthX, double LengthY, double LengthZ,
    double TiltXY = 0, double TiltXZ = 0, double TiltYZ = 0,
    Vector3d Origin = default,
    bool PeriodicX = true, bool PeriodicY = true, bool PeriodicZ = true)
{
    public static Box Cubic(double length) => new(length, length, length);

    public Vector3d A => new(LengthX, 0, 0);

    public Vector3d B => new(TiltXY, LengthY, 0);

    public Vector3d C => new(TiltXZ, TiltYZ, LengthZ);

    public double Volume => LengthX * LengthY * LengthZ;

    public bool IsOrthorhombic => TiltXY == 0 && TiltXZ == 0 && TiltYZ == 0;

    /// <summary>Distances between opposite faces: V/|b×c|, V/|c×a|, V/|a×b|.</summary>
    public Vector3d PerpendicularWidths => new(
        Volume / Vector3d.Cross(B, C).Length,
        Volume / Vector3d.Cross(C, A).Length,
        Volume / Vector3d.Cross(A, B).Length);

    /// <summary>The smallest of them between periodic faces; of all where no axis is periodic.</summary>
    public double SmallestPeriodicWidth
    {
        get
        {
            var w = PerpendicularWidths;
            var smallest = double.PositiveInfinity;
            smallest = PeriodicX ? Math.Min(smallest, w.X) : smallest;
            smallest = PeriodicY ? Math.Min(smallest, w.Y) : smallest;
            smallest = PeriodicZ ? Math.Min(smallest, w.Z) : smallest;
            return double.IsPositiveInfinity(smallest) ? w.SmallestComponent : smallest;
        }
    }

    /// <summary>Fractional coordinates of a point; 0 ≤ s &lt; 1 inside the box.</summary>
    public Vector3d ToFractional(Vector3d r)
    {
        var d = r - Origin;
        var z = d.Z / LengthZ;
        var y = (d.Y - z * TiltYZ) / LengthY;
        var x = (d.X - y * TiltXY - z * TiltXZ) / LengthX;
        return new(x, y, z);
    }

    /// <summary>Cartesian coordinates of a fractional point.</summary>
    public Vector3d ToCartesian(Vector3d s) => Origin + Shift(s.X, s.Y, s.Z);

    /// <summary>The lattice vector i·a + j·b + k·c.</summary>
    public Vector3d Shift(double i, double j, double k) => new(
        i * LengthX + j * TiltXY + k * TiltXZ,
        j * LengthY + k * TiltYZ,
        k * LengthZ);

    /// <summary>
    /// The nearest image of a displacement: subtracts c, then b, then a by rounding (periodic axes only). Exact for distances below half of the
    /// smallest perpendicular width of a reduced box (|TiltXY|, |TiltXZ| ≤ LengthX/2, |TiltYZ| ≤ LengthY/2).
    /// </summary>
    public Vector3d MinimumImage(Vector3d d)
    {
        if (PeriodicZ)
        {
            var k = Math.Round(d.Z / LengthZ);
            d = new(d.X - k * TiltXZ, d.Y - k * TiltYZ, d.Z - k * LengthZ);
        }
        if (PeriodicY)
        {
            var j = Math.Round(d.Y / LengthY);
            d = new(d.X - j * TiltXY, d.Y - j * LengthY, d.Z);
        }
        if (PeriodicX)
        {
            d = new(d.X - Math.Round(d.X / LengthX) * LengthX, d.Y, d.Z);
        }
        return d;
    }
}
