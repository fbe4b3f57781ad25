using System.Runtime.CompilerServices;

namespace Engine.Kernels.Numerics;

/// <summary>
/// One or two rows of eight numbers: what the pair loops are written over. A row is an i particle, its eight lanes are j particles; with
/// registers of sixteen floats two i particles meet the same eight j particles at once.
/// </summary>
/// <remarks>All pointers may be unaligned.</remarks>
public unsafe interface IRows<R, T> : IReal<R>
    where R : struct, IRows<R, T>
    where T : unmanaged
{
    /// <summary>1 or 2.</summary>
    static abstract int Rows { get; }

    /// <summary>All numbers equal to <paramref name="value"/>, rounded to the element.</summary>
    static abstract R Broadcast(double value);

    /// <summary>Eight elements for each row.</summary>
    static abstract R Load(T* source);

    static abstract void Store(T* destination, R value);

    /// <summary>All numbers equal to the element at <paramref name="source"/>.</summary>
    static abstract R LoadBroadcast(T* source);

    /// <summary>The same four elements in each four lanes.</summary>
    static abstract R LoadFours(T* source);

    /// <summary>In each four lanes one element of <paramref name="source"/>, the next in the next four. Four elements are read.</summary>
    static abstract R LoadEachFour(T* source);

    /// <summary>The same eight elements in every row: four of each source.</summary>
    static abstract R LoadLanes(T* first, T* second);

    /// <summary>
    /// Adds the sums over rows of x, y and z to the elements 0 … 3, 4 … 7 and 8 … 11 of two half clusters, four lanes to each; elements 12 … 15 may be overwritten with any
    /// number. Where both are one, the sums of the others must be zero.
    /// </summary>
    static abstract void AddRowSums(T* first, T* second, R x, R y, R z);

    /// <summary>
    /// destination[0 … 3] = the lane sums of the four rows of x, then those of y and of z. Rows are in four registers where there is one row each, in the first two where there are
    /// two. Four more elements may be overwritten.
    /// </summary>
    static abstract void StoreLaneSums(R x0, R x1, R x2, R x3, R y0, R y1, R y2, R y3, R z0, R z1, R z2, R z3, T* destination);

    /// <summary>In each four lanes, x is their first element everywhere, y their second, z their third.</summary>
    static abstract void SpreadFours(R a, out R x, out R y, out R z);

    /// <summary>
    /// For one row, unless overridden: positions of half a cluster (x₄ y₄ z₄ and its origin) plus <paramref name="rest"/> as rows: for every register x, y, z; and its origin plus <paramref name="shift"/> as
    /// <see cref="Place"/> wants it.
    /// </summary>
    /// <param name="half">Sixteen elements: x₄ y₄ z₄, the origin's x, y, z, and a vacant one.</param>
    /// <param name="shift">The same form: each coordinate four times, then once.</param>
    /// <param name="rest">The same form.</param>
    /// <param name="rows">Receives four rows of x, y, z.</param>
    /// <param name="origin">Of the positions, shifted.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Spread(T* half, T* shift, T* rest, T* rows, out R origin)
    {
        origin = R.LoadFours(half + 12) + R.LoadFours(shift + 12);
        R x = R.LoadBroadcast(rest), y = R.LoadBroadcast(rest + 4), z = R.LoadBroadcast(rest + 8);
        SpreadRow(half, x, y, z, rows);
        SpreadRow(half + 1, x, y, z, rows + 24);
        SpreadRow(half + 2, x, y, z, rows + 48);
        SpreadRow(half + 3, x, y, z, rows + 72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadRow(T* half, R x, R y, R z, T* rows)
    {
        R.Store(rows, R.LoadBroadcast(half) + x);
        R.Store(rows + 8, R.LoadBroadcast(half + 4) + y);
        R.Store(rows + 16, R.LoadBroadcast(half + 8) + z);
    }

    /// <summary>
    /// Positions of two half clusters (x₄ y₄ z₄ and their origin) relative to the origin that <see cref="Spread"/> gave: the same eight lanes in every row, four of each half.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Place(T* first, T* second, R origin, out R x, out R y, out R z)
    {
        R.SpreadFours(R.LoadLanes(first + 12, second + 12) - origin, out var fromX, out var fromY, out var fromZ);
        x = R.LoadLanes(first, second) + fromX;
        y = R.LoadLanes(first + 4, second + 4) + fromY;
        z = R.LoadLanes(first + 8, second + 8) + fromZ;
    }

    /// <summary><paramref name="value"/> where a &lt; b, zero elsewhere.</summary>
    static abstract R ZeroUnlessLess(R a, R b, R value);

    /// <summary>
    /// Stores the elements of <paramref name="value"/> where a &lt; b one after the other and moves <paramref name="destination"/> past them. As many
    /// elements as there are numbers are overwritten from there on.
    /// </summary>
    static abstract void StorePacked(R value, R a, R b, ref T* destination);

    /// <summary>The inverse: the next elements of <paramref name="source"/> where a &lt; b, zero elsewhere; moves it past them.</summary>
    static abstract R LoadPacked(ref T* source, R a, R b);

    /// <summary>The smaller of two numbers that are not NaN: one instruction.</summary>
    static abstract R SmallerOf(R a, R b);

    /// <summary>Whether a is less than b anywhere, as 1 or 0.</summary>
    static abstract int CountIfAnyLess(R a, R b);

    /// <summary>The sum of all, in an order of its own, in double.</summary>
    static abstract double Sum(R a);

    static abstract double Largest(R a);
}
