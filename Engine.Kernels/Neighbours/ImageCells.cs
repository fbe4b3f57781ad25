using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;

namespace Engine.Kernels.Neighbours;

/// <summary>
/// Particles sorted into cells, for finding all neighbours of one particle within a range, each periodic image on its own: ranges beyond half the box count every image, in skewed
/// boxes too. Same positions, same order.
/// </summary>
public sealed class ImageCells
{
    private const int MostCellsPerAxis = 128;

    private readonly int[] cells = new int[3];
    private readonly int[] reach = new int[3];
    private readonly bool[] periodic = new bool[3];
    private int[] cellOf = [];
    private int[] starts = [];
    private int[] order = [];
    private double[] x = [];
    private double[] y = [];
    private double[] z = [];
    private Box box;
    private double rangeSquared;

    /// <summary>Takes a neighbour: which particle it is or an image of which, its place seen from the centre, and the square of its distance.</summary>
    public delegate void Visit(int index, double dx, double dy, double dz, double distanceSquared);

    /// <summary>Sorts particles.</summary>
    /// <param name="cell">The box.</param>
    /// <param name="positionsX">Positions, wrapped or not.</param>
    /// <param name="positionsY">y.</param>
    /// <param name="positionsZ">z.</param>
    /// <param name="ids">Negative where a slot is empty; no elements if none is.</param>
    /// <param name="range">Largest distance of a neighbour [length].</param>
    public void Build(
        in Box cell, ReadOnlySpan<double> positionsX, ReadOnlySpan<double> positionsY, ReadOnlySpan<double> positionsZ, ReadOnlySpan<int> ids, double range)
    {
        box = cell;
        rangeSquared = range * range;
        var count = positionsX.Length;
        ScratchArray.Grow(ref cellOf, count);
        ScratchArray.Grow(ref order, count);
        ScratchArray.Grow(ref x, count);
        ScratchArray.Grow(ref y, count);
        ScratchArray.Grow(ref z, count);
        Span<double> low = [0, 0, 0], high = [1, 1, 1];
        (periodic[0], periodic[1], periodic[2]) = (box.PeriodicX, box.PeriodicY, box.PeriodicZ);
        Bounds(positionsX, positionsY, positionsZ, ids, low, high);
        var widths = box.PerpendicularWidths;
        Divide(0, widths.X * (high[0] - low[0]), range);
        Divide(1, widths.Y * (high[1] - low[1]), range);
        Divide(2, widths.Z * (high[2] - low[2]), range);
        var total = cells[0] * cells[1] * cells[2];
        ScratchArray.Grow(ref starts, total + 1);
        starts.AsSpan(0, total + 1).Clear();
        for (var i = 0; i < count; i++)
        {
            if (IsEmpty(ids, i))
            {
                cellOf[i] = -1;
                continue;
            }
            var s = box.ToFractional(new(positionsX[i], positionsY[i], positionsZ[i]));
            var fraction = new Vector3d(Wrap(0, s.X), Wrap(1, s.Y), Wrap(2, s.Z));
            // A particle that lies in its box keeps its coordinates to the last bit.
            var r = fraction == s ? new(positionsX[i], positionsY[i], positionsZ[i]) : box.ToCartesian(fraction);
            (x[i], y[i], z[i]) = (r.X, r.Y, r.Z);
            cellOf[i] = (Axis(0, fraction.X, low, high) * cells[1] + Axis(1, fraction.Y, low, high)) * cells[2] + Axis(2, fraction.Z, low, high);
            starts[cellOf[i] + 1]++;
        }
        for (var c = 0; c < total; c++)
        {
            starts[c + 1] += starts[c];
        }
        for (var i = count - 1; i >= 0; i--)
        {
            if (cellOf[i] >= 0)
            {
                order[--starts[cellOf[i] + 1]] = i;
            }
        }
        // Each start was counted down to the start of its own cell.
        for (var c = 0; c < total; c++)
        {
            starts[c] = starts[c + 1];
        }
        starts[total] = count - CountEmpty(ids);
    }

    /// <summary>Shows every neighbour of a particle, its own images among them.</summary>
    /// <param name="i">The particle.</param>
    /// <param name="visit">Called with the neighbour and where it is from here.</param>
    public void ForEach(int i, Visit visit)
    {
        var home = cellOf[i];
        var cz = home % cells[2];
        var cy = home / cells[2] % cells[1];
        var cx = home / cells[2] / cells[1];
        for (var ox = -reach[0]; ox <= reach[0]; ox++)
        {
            if (!Image(0, cx + ox, out var kx, out var ix))
            {
                continue;
            }
            for (var oy = -reach[1]; oy <= reach[1]; oy++)
            {
                if (!Image(1, cy + oy, out var ky, out var iy))
                {
                    continue;
                }
                for (var oz = -reach[2]; oz <= reach[2]; oz++)
                {
                    if (!Image(2, cz + oz, out var kz, out var iz))
                    {
                        continue;
                    }
                    var shift = box.Shift(ix, iy, iz);
                    var (sx, sy, sz) = (shift.X - x[i], shift.Y - y[i], shift.Z - z[i]);
                    var cell = (kx * cells[1] + ky) * cells[2] + kz;
                    for (var k = starts[cell]; k < starts[cell + 1]; k++)
                    {
                        var j = order[k];
                        var (dx, dy, dz) = (x[j] + sx, y[j] + sy, z[j] + sz);
                        var square = dx * dx + dy * dy + dz * dz;
                        if (square < rangeSquared && (j != i || (ix | iy | iz) != 0))
                        {
                            visit(j, dx, dy, dz, square);
                        }
                    }
                }
            }
        }
    }

    private static bool IsEmpty(ReadOnlySpan<int> ids, int i) => ids.Length > 0 && ids[i] < 0;

    private static int CountEmpty(ReadOnlySpan<int> ids)
    {
        var empty = 0;
        foreach (var id in ids)
        {
            empty += id < 0 ? 1 : 0;
        }
        return empty;
    }

    private bool Image(int axis, int index, out int cell, out int image)
    {
        image = (int)Math.Floor((double)index / cells[axis]);
        cell = index - image * cells[axis];
        return image == 0 || periodic[axis];
    }

    private void Divide(int axis, double extent, double range)
    {
        cells[axis] = Math.Clamp((int)(extent / (range / 2)), 1, MostCellsPerAxis);
        reach[axis] = cells[axis] == 1 && !periodic[axis] ? 0 : (int)(range / (extent / cells[axis])) + 1;
    }

    private double Wrap(int axis, double s) => periodic[axis] ? s - Math.Floor(s) : s;

    private int Axis(int axis, double s, ReadOnlySpan<double> low, ReadOnlySpan<double> high) =>
        Math.Clamp((int)((s - low[axis]) / Math.Max(high[axis] - low[axis], 1e-300) * cells[axis]), 0, cells[axis] - 1);

    /// <summary>Of fractional coordinates along open axes.</summary>
    private void Bounds(
        ReadOnlySpan<double> positionsX, ReadOnlySpan<double> positionsY, ReadOnlySpan<double> positionsZ, ReadOnlySpan<int> ids, Span<double> low, Span<double> high)
    {
        if (periodic[0] && periodic[1] && periodic[2])
        {
            return;
        }
        Span<double> smallest = [double.MaxValue, double.MaxValue, double.MaxValue], largest = [double.MinValue, double.MinValue, double.MinValue];
        for (var i = 0; i < positionsX.Length; i++)
        {
            if (IsEmpty(ids, i))
            {
                continue;
            }
            var s = box.ToFractional(new(positionsX[i], positionsY[i], positionsZ[i]));
            (smallest[0], smallest[1], smallest[2]) = (Math.Min(smallest[0], s.X), Math.Min(smallest[1], s.Y), Math.Min(smallest[2], s.Z));
            (largest[0], largest[1], largest[2]) = (Math.Max(largest[0], s.X), Math.Max(largest[1], s.Y), Math.Max(largest[2], s.Z));
        }
        for (var axis = 0; axis < 3; axis++)
        {
            (low[axis], high[axis]) = periodic[axis] ? (0, 1) : (smallest[axis], largest[axis]);
        }
    }
}
