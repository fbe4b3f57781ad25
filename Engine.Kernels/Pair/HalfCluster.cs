using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>
/// The four i particles of half a cluster, spread over registers as the loops over pairs want them, and their displacements to the eight j particles of another.
/// </summary>
internal static unsafe class HalfCluster<R, T>
    where R : struct, IRows<R, T>
    where T : unmanaged
{
    /// <summary>Elements of four rows: for every register of rows x, y, z.</summary>
    public const int RowsLength = 4 * 24;

    /// <summary>Elements from the rows of one register to those of the next.</summary>
    public static int Stride => 24 * R.Rows;

    /// <summary>
    /// Positions of half <paramref name="half"/> (2 × cluster + 0 or 1), seen through a periodic image, relative to <paramref name="origin"/>, a point of the grid.
    /// </summary>
    /// <param name="offsets">Positions relative to their cluster's origin, per cluster x8 y8 z8.</param>
    /// <param name="origins">Per cluster x, y, z, 0.</param>
    /// <param name="gridShift">The image's lattice vector, rounded to the grid: x, y, z, 0.</param>
    /// <param name="shiftRest">What rounding left of it.</param>
    /// <param name="half">2 × cluster + half.</param>
    /// <param name="rows">Receives the positions [<see cref="RowsLength"/>].</param>
    /// <param name="origin">Receives x, y, z, 0.</param>
    public static void Spread(T* offsets, T* origins, T* gridShift, T* shiftRest, int half, T* rows, T* origin)
    {
        R.AddFour(origins + 4 * (half / 2), gridShift, origin);
        var i = offsets + 24 * (half / 2) + 4 * (half & 1);
        for (var row = 0; row < 4; row += R.Rows)
        {
            for (var axis = 0; axis < 3; axis++)
            {
                R.Store(rows + 24 * row + 8 * R.Rows * axis, R.LoadRows(i + row + 8 * axis) + R.LoadBroadcast(shiftRest + axis));
            }
        }
    }

    /// <summary>Positions of a cluster relative to the origin of the i particles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place(T* offsets, T* origins, int j, T* origin, out R x, out R y, out R z)
    {
        R.BroadcastDifference(origins + 4 * j, origin, out var fromX, out var fromY, out var fromZ);
        var r = offsets + 24 * j;
        x = R.LoadLanes(r) + fromX;
        y = R.LoadLanes(r + 8) + fromY;
        z = R.LoadLanes(r + 16) + fromZ;
    }

    /// <summary>Displacements from the i particles of one register to the j particles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Displace(T* rows, R x, R y, R z, out R dx, out R dy, out R dz)
    {
        dx = x - R.Load(rows);
        dy = y - R.Load(rows + 8 * R.Rows);
        dz = z - R.Load(rows + 16 * R.Rows);
    }
}
