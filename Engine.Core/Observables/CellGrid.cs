using Engine.Core.Particles;
using Engine.Kernels.Geometry;

namespace Engine.Core.Observables;

/// <summary>
/// Particles of one frame sorted into cells, for pair searches of any range. Periodic images are explicit: a neighbour cell is visited once per image
/// that comes within range, so ranges beyond half the box count every image, in skewed boxes too. Cells that follow each other along x are contiguous
/// in memory, hence neighbours come as a few long runs of slots.
/// </summary>
internal sealed class CellGrid
{
    /// <summary>Loads of a vector may run past the last slot by this much.</summary>
    public const int Padding = 8;

    private const int MostCellsPerAxis = 128;

    private readonly int[] cells = new int[3];
    private readonly double[] cellWidth = new double[3];
    private readonly bool[] periodic = new bool[3];
    private int[] cellOf = [];
    private int[] cellStart = [];
    private Box box;
    private double range;

    /// <summary>Coordinates relative to the centre of the box, by slot, padded.</summary>
    public float[] X { get; private set; } = [];

    public float[] Y { get; private set; } = [];

    public float[] Z { get; private set; } = [];

    /// <summary>Kind of each slot, padded.</summary>
    public int[] Kind { get; private set; } = [];

    public int CellCount => cells[0] * cells[1] * cells[2];

    public int Start(int cell) => cellStart[cell];

    public int End(int cell) => cellStart[cell + 1];

    /// <param name="frame">Positions, wrapped or not.</param>
    /// <param name="kinds">Kind of each particle, [N].</param>
    /// <param name="searchRange">Largest distance of a pair [length].</param>
    public void Build(Configuration frame, int[] kinds, double searchRange)
    {
        box = frame.Box;
        range = searchRange;
        var count = frame.Count;
        if (cellOf.Length < count)
        {
            cellOf = new int[count];
            X = new float[count + Padding];
            Y = new float[count + Padding];
            Z = new float[count + Padding];
            Kind = new int[count + Padding];
        }
        var (low, high) = FractionalBounds(frame);
        var widths = box.PerpendicularWidths;
        SetAxis(0, box.PeriodicX, widths.X, low.X, high.X, count);
        SetAxis(1, box.PeriodicY, widths.Y, low.Y, high.Y, count);
        SetAxis(2, box.PeriodicZ, widths.Z, low.Z, high.Z, count);

        if (cellStart.Length < CellCount + 1)
        {
            cellStart = new int[CellCount + 1];
        }
        Array.Clear(cellStart);
        for (var i = 0; i < count; i++)
        {
            var s = box.ToFractional(frame.Position(i));
            var cell = Axis(0, s.X, low.X, high.X) + cells[0] * (Axis(1, s.Y, low.Y, high.Y) + cells[1] * Axis(2, s.Z, low.Z, high.Z));
            cellOf[i] = cell;
            cellStart[cell]++;
        }
        var sum = 0;
        for (var c = 0; c <= CellCount; c++)
        {
            (sum, cellStart[c]) = (sum + (c < CellCount ? cellStart[c] : 0), sum);
        }
        var centre = box.ToCartesian(new(0.5, 0.5, 0.5));
        for (var i = 0; i < count; i++)
        {
            var slot = cellStart[cellOf[i]]++;
            var s = box.ToFractional(frame.Position(i));
            var r = box.ToCartesian(new(Wrap(0, s.X), Wrap(1, s.Y), Wrap(2, s.Z))) - centre;
            X[slot] = (float)r.X;
            Y[slot] = (float)r.Y;
            Z[slot] = (float)r.Z;
            Kind[slot] = kinds[i];
        }
        for (var c = CellCount; c > 0; c--)
        {
            cellStart[c] = cellStart[c - 1];
        }
        cellStart[0] = 0;
    }

    /// <summary>
    /// Fills <paramref name="into"/> with the runs of slots that can hold neighbours of particles in <paramref name="cell"/>. With
    /// <paramref name="half"/> each pair of particles is offered from one side only, and the first run starts with the cell itself: of that run a
    /// particle in slot i takes the slots after i.
    /// </summary>
    public void Neighbours(int cell, bool half, List<RowSegment> into)
    {
        into.Clear();
        var cx = cell % cells[0];
        var cy = cell / cells[0] % cells[1];
        var cz = cell / cells[0] / cells[1];
        if (half)
        {
            AddRow(cx, cx, cx + Reach(0, range), cy, cz, into);
        }
        var reachZ = Reach(2, range);
        var reachY = Reach(1, range);
        for (var oz = half ? 0 : -reachZ; oz <= reachZ; oz++)
        {
            var gapZ = Math.Max(0, Math.Abs(oz) - 1) * cellWidth[2];
            for (var oy = half && oz == 0 ? 1 : -reachY; oy <= reachY; oy++)
            {
                var reachX = Reach(0, range);
                if (box.IsOrthorhombic)
                {
                    var gapY = Math.Max(0, Math.Abs(oy) - 1) * cellWidth[1];
                    var rest = range * range - gapZ * gapZ - gapY * gapY;
                    if (rest < 0)
                    {
                        continue;
                    }
                    reachX = Reach(0, Math.Sqrt(rest));
                }
                AddRow(cx, cx - reachX, cx + reachX, cy + oy, cz + oz, into);
            }
        }
    }

    private int Reach(int axis, double distance) => (int)(distance / cellWidth[axis]) + 1;

    private void AddRow(int home, int from, int to, int y, int z, List<RowSegment> into)
    {
        if (!Image(1, ref y, out var imageY) || !Image(2, ref z, out var imageZ))
        {
            return;
        }
        var nx = cells[0];
        if (!periodic[0])
        {
            from = Math.Max(from, 0);
            to = Math.Min(to, nx - 1);
        }
        // The home cell's image comes first: with half lists the caller skips into it.
        var homeImage = FloorDivide(home, nx);
        var row = nx * (y + cells[1] * z);
        for (var image = homeImage; image <= FloorDivide(to, nx); image++)
        {
            Segment(image);
        }
        for (var image = homeImage - 1; image >= FloorDivide(from, nx); image--)
        {
            Segment(image);
        }

        void Segment(int image)
        {
            var first = Math.Max(from - image * nx, 0);
            var last = Math.Min(to - image * nx, nx - 1);
            if (first > last)
            {
                return;
            }
            var shift = box.Shift(image, imageY, imageZ);
            into.Add(new(cellStart[row + first], cellStart[row + last + 1], (float)shift.X, (float)shift.Y, (float)shift.Z));
        }
    }

    private bool Image(int axis, ref int index, out int image)
    {
        image = FloorDivide(index, cells[axis]);
        index -= image * cells[axis];
        return image == 0 || periodic[axis];
    }

    private static int FloorDivide(int a, int b) => a >= 0 ? a / b : -((b - 1 - a) / b);

    private void SetAxis(int axis, bool isPeriodic, double width, double low, double high, int count)
    {
        periodic[axis] = isPeriodic;
        var extent = isPeriodic ? width : Math.Max(width * (high - low), 1e-9 * range);
        // Cells of about eight particles keep runs long enough for vectors; smaller than a third of the range they only add overhead.
        var edge = Math.Max(range / 3, 2 * Math.Cbrt(box.Volume / count));
        cells[axis] = Math.Clamp((int)(extent / edge), 1, MostCellsPerAxis);
        cellWidth[axis] = extent / cells[axis];
    }

    private int Axis(int axis, double s, double low, double high)
    {
        var f = periodic[axis] ? s - Math.Floor(s) : (s - low) / Math.Max(high - low, 1e-300);
        return Math.Clamp((int)(f * cells[axis]), 0, cells[axis] - 1);
    }

    private double Wrap(int axis, double s) => periodic[axis] ? s - Math.Floor(s) : s;

    private (Vector3d Low, Vector3d High) FractionalBounds(Configuration frame)
    {
        if (box.PeriodicX && box.PeriodicY && box.PeriodicZ)
        {
            return (Vector3d.Zero, new(1, 1, 1));
        }
        var low = new Vector3d(double.MaxValue, double.MaxValue, double.MaxValue);
        var high = -low;
        for (var i = 0; i < frame.Count; i++)
        {
            var s = box.ToFractional(frame.Position(i));
            low = new(Math.Min(low.X, s.X), Math.Min(low.Y, s.Y), Math.Min(low.Z, s.Z));
            high = new(Math.Max(high.X, s.X), Math.Max(high.Y, s.Y), Math.Max(high.Z, s.Z));
        }
        return (low, high);
    }
}
