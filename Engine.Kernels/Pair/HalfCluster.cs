using System.Runtime.CompilerServices;
using Engine.Kernels.Numerics;

namespace Engine.Kernels.Pair;

/// <summary>
/// The four i particles of half a cluster, spread over registers as the loops over pairs want them, and their displacements to the eight j particles of two others.
/// </summary>
/// <remarks>
/// A half is kept as x₄ y₄ z₄ and the x, y, z of its cluster's origin (a point of a grid, so that differences of origins are exact), to which the positions are relative, and one
/// vacant element: a line of the cache in float.
/// </remarks>
internal static unsafe class HalfCluster<R, T>
    where R : struct, IRows<R, T>
    where T : unmanaged
{
    /// <summary>Elements of a half cluster.</summary>
    public const int Length = 16;

    /// <summary>Where among them the origin stands.</summary>
    public const int Origin = 12;

    /// <summary>Elements of the forces on a half cluster: x₄ y₄ z₄.</summary>
    public const int ForceLength = 12;

    /// <summary>Elements of four rows: for every register of rows x, y, z.</summary>
    public const int RowsLength = 4 * 24;

    /// <summary>Elements from the rows of one register to those of the next.</summary>
    public static int Stride => 24 * R.Rows;

    /// <summary>Positions of a half, seen through a periodic image, relative to <paramref name="origin"/>, a point of the grid.</summary>
    /// <param name="half">[<see cref="Length"/>]</param>
    /// <param name="gridShift">The image's lattice vector, rounded to the grid: x, y, z, 0.</param>
    /// <param name="shiftRest">What rounding left of it.</param>
    /// <param name="rows">Receives the positions [<see cref="RowsLength"/>].</param>
    /// <param name="origin">x, y, z and what comes, in every four lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(T* half, T* gridShift, T* shiftRest, T* rows, out R origin)
    {
        origin = ShiftedOrigin(half, gridShift);
        R x = R.LoadBroadcast(shiftRest), y = R.LoadBroadcast(shiftRest + 1), z = R.LoadBroadcast(shiftRest + 2);
        SpreadRow(half, x, y, z, rows);
        SpreadRow(half + R.Rows, x, y, z, rows + Stride);
        if (R.Rows == 1)
        {
            SpreadRow(half + 2, x, y, z, rows + 2 * Stride);
            SpreadRow(half + 3, x, y, z, rows + 3 * Stride);
        }
    }

    /// <summary>The origin of a half seen through a periodic image: x, y, z and what comes, in every four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R ShiftedOrigin(T* half, T* gridShift) => R.LoadFours(half + Origin) + R.LoadFours(gridShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadRow(T* half, R x, R y, R z, T* rows)
    {
        R.Store(rows, R.LoadRows(half) + x);
        R.Store(rows + 8 * R.Rows, R.LoadRows(half + 4) + y);
        R.Store(rows + 16 * R.Rows, R.LoadRows(half + 8) + z);
    }

    /// <summary>Positions of two halves relative to the origin of the i particles: the first in four lanes, the second in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place(T* first, T* second, R origin, out R x, out R y, out R z)
    {
        R.SpreadFours(R.LoadLanes(first + Origin, second + Origin) - origin, out var fromX, out var fromY, out var fromZ);
        x = R.LoadLanes(first, second) + fromX;
        y = R.LoadLanes(first + 4, second + 4) + fromY;
        z = R.LoadLanes(first + 8, second + 8) + fromZ;
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
