using Engine.Kernels.Geometry;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// Maps positions to grid coordinates u ∈ [0, 1)³: fractional coordinates on periodic axes, the span that particles occupy on open ones; and
/// divides the u_x–u_y plane into columns.
/// </summary>
internal readonly struct GridGeometry
{
    private readonly Box box;
    private readonly Vector3d start;
    private readonly Vector3d inverseSpan;

    /// <summary>Columns of about <paramref name="columnEdge"/> [length] across.</summary>
    public GridGeometry(Box box, Vector3d fractionalMinimum, Vector3d fractionalMaximum, double columnEdge, int particles)
    {
        this.box = box;
        var (startX, spanX) = Range(box.PeriodicX, fractionalMinimum.X, fractionalMaximum.X);
        var (startY, spanY) = Range(box.PeriodicY, fractionalMinimum.Y, fractionalMaximum.Y);
        var (startZ, spanZ) = Range(box.PeriodicZ, fractionalMinimum.Z, fractionalMaximum.Z);
        start = new(startX, startY, startZ);
        inverseSpan = new(1 / spanX, 1 / spanY, 1 / spanZ);
        var widths = box.PerpendicularWidths;
        Widths = new(widths.X * spanX, widths.Y * spanY, widths.Z * spanZ);
        // A nearly empty open system must not make more columns than particles.
        var limit = Math.Sqrt(4.0 * particles + 1);
        ColumnsX = (int)Math.Clamp(Math.Round(Widths.X / columnEdge), 1, limit);
        ColumnsY = (int)Math.Clamp(Math.Round(Widths.Y / columnEdge), 1, limit);
    }

    public int ColumnsX { get; }

    public int ColumnsY { get; }

    /// <summary>Perpendicular widths of the region that u ∈ [0, 1)³ covers.</summary>
    public Vector3d Widths { get; }

    /// <summary>Grid coordinates, not wrapped.</summary>
    public Vector3d ToGrid(Vector3d position)
    {
        var s = box.ToFractional(position) - start;
        return new(s.X * inverseSpan.X, s.Y * inverseSpan.Y, s.Z * inverseSpan.Z);
    }

    public int Column(Vector3d u)
    {
        var cx = Math.Clamp((int)(u.X * ColumnsX), 0, ColumnsX - 1);
        var cy = Math.Clamp((int)(u.Y * ColumnsY), 0, ColumnsY - 1);
        return cx * ColumnsY + cy;
    }

    private static (double Start, double Span) Range(bool periodic, double minimum, double maximum)
    {
        // A flat system (all particles in one plane) still needs a span to divide by.
        const double SmallestSpan = 1e-9;
        return periodic ? (0, 1) : (minimum, Math.Max(maximum - minimum, SmallestSpan) * (1 + 1e-12));
    }
}
