using System.Runtime.CompilerServices;
using Engine.Kernels.Neighbours;
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
    /// <summary>Elements of a half cluster, and of the forces on it: x₄ y₄ z₄ and four that hold any numbers.</summary>
    public const int Length = 16;

    /// <summary>Where among them the origin stands.</summary>
    public const int Origin = 12;

    /// <summary>Elements of four rows: for every register of rows x, y, z.</summary>
    public const int RowsLength = 4 * 24;

    /// <summary>Elements from the rows of one register to those of the next.</summary>
    public static int Stride => 24 * R.Rows;

    /// <summary>Positions of the i particles of a segment, seen through its periodic image, as rows [<see cref="RowsLength"/>], relative to <paramref name="origin"/>, a point of the grid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(ref ClusterWork<T> work, ref readonly ListSegment segment, T* rows, out R origin) =>
        R.Spread(work.Particles + Length * segment.Half, work.GridShifts + Length * segment.Shift, work.ShiftRests + Length * segment.Shift, rows, out origin);

    /// <summary>The origin of a half seen through a periodic image: x, y, z and what comes, in every four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static R ShiftedOrigin(T* half, T* shift) => R.LoadFours(half + Origin) + R.LoadFours(shift + Origin);

    /// <summary>Displacements from the i particles of one register to the j particles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Displace(T* rows, R x, R y, R z, out R dx, out R dy, out R dz)
    {
        dx = x - R.Load(rows);
        dy = y - R.Load(rows + 8 * R.Rows);
        dz = z - R.Load(rows + 16 * R.Rows);
    }
}
