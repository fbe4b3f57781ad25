namespace Engine.Kernels.Numerics;

/// <summary>
/// Eight numbers side by side: what the CPU kernels are written over. <typeparamref name="T"/> is the element (float or double).
/// </summary>
/// <remarks>All pointers may be unaligned.</remarks>
public unsafe interface ILanes<F, T> : IReal<F>
    where F : struct, ILanes<F, T>
    where T : unmanaged
{
    /// <summary>Lanes of every implementation: one cluster of particles.</summary>
    const int Width = 8;

    static abstract F Load(T* source);

    static abstract void Store(T* destination, F value);

    /// <summary>All lanes equal to <paramref name="value"/>, rounded to the element.</summary>
    static abstract F Broadcast(double value);

    /// <summary>All lanes equal to the element at <paramref name="source"/>.</summary>
    static abstract F LoadBroadcast(T* source);

    static abstract T Round(double value);

    static abstract double Widen(T value);

    /// <summary><paramref name="value"/> where a &lt; b, zero elsewhere.</summary>
    static abstract F ZeroUnlessLess(F a, F b, F value);

    /// <summary>The smaller of two numbers that are not NaN: one instruction.</summary>
    static abstract F SmallerOf(F a, F b);

    /// <summary>The larger of two numbers; NaN in b wins.</summary>
    static abstract F LargerOf(F a, F b);

    /// <summary>Eight floats as lanes.</summary>
    static abstract F FromFloats(float* source);

    /// <summary>Eight differences source[k] − origin, taken in double, rounded to the element.</summary>
    static abstract void StoreDifference(double* source, double origin, T* destination);

    /// <summary>Adds eight elements to the first eight of <paramref name="target"/>.</summary>
    static abstract void Accumulate(T* source, Span<double> target);

    /// <summary>Stores the lane sums of a, b, c, d to destination[0 … 3].</summary>
    static abstract void StoreSums(F a, F b, F c, F d, T* destination);

    /// <summary>target[0 … 3] −= source[0 … 3].</summary>
    static abstract void SubtractFour(T* target, T* source);

    /// <summary>The sum over lanes, pairwise, in double.</summary>
    static abstract double Sum(F a);

    /// <summary>The largest lane.</summary>
    static abstract double Largest(F a);

    /// <summary>Bit i is set where lane i of a is less than lane i of b.</summary>
    static abstract uint LessMask(F a, F b);
}
