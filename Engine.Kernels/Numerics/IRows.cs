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

    /// <summary>Row k is eight times source[k].</summary>
    static abstract R LoadRows(T* source);

    /// <summary>The same four elements in each four lanes.</summary>
    static abstract R LoadFours(T* source);

    /// <summary>In each four lanes one element of <paramref name="source"/>, the next in the next four. Four elements are read.</summary>
    static abstract R LoadEachFour(T* source);

    /// <summary>The same eight elements in every row: four of each source.</summary>
    static abstract R LoadLanes(T* first, T* second);

    /// <summary>Adds the sum over rows to four elements of each destination. Where both are one, the sum of the others must be zero.</summary>
    static abstract void AddRowSum(T* first, T* second, R value);

    /// <summary>
    /// destination[0 … 3] = the lane sums of the four rows of x, then those of y and of z. Rows are in four registers where there is one row each, in the first two where there are
    /// two. Four more elements may be overwritten.
    /// </summary>
    static abstract void StoreLaneSums(R x0, R x1, R x2, R x3, R y0, R y1, R y2, R y3, R z0, R z1, R z2, R z3, T* destination);

    /// <summary>In each four lanes, x is their first element everywhere, y their second, z their third.</summary>
    static abstract void SpreadFours(R a, out R x, out R y, out R z);

    /// <summary>destination[0 … 3] = a[0 … 3] − b[0 … 3].</summary>
    static abstract void SubtractFour(T* a, T* b, T* destination);

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
