using System.Runtime.Intrinsics;

namespace Engine.Kernels.Numerics;

/// <summary>
/// Eight numbers side by side, one row: what the CPU kernels are written over. <typeparamref name="T"/> is the element (float or double).
/// </summary>
/// <remarks>All pointers may be unaligned.</remarks>
public unsafe interface ILanes<F, T> : IRows<F, T>
    where F : struct, ILanes<F, T>
    where T : unmanaged
{
    /// <summary>Lanes of every implementation: one cluster of particles.</summary>
    const int Width = 8;

    static abstract T Round(double value);

    static abstract double Widen(T value);

    /// <summary>The larger of two numbers; NaN in b wins.</summary>
    static abstract F LargerOf(F a, F b);

    /// <summary>Eight floats as lanes.</summary>
    static abstract F FromFloats(float* source);

    /// <summary>Eight differences source[k] − origin, taken in double, rounded to the element.</summary>
    static abstract void StoreDifference(double* source, double origin, T* destination);

    /// <summary>Adds eight elements to the first eight of <paramref name="target"/>.</summary>
    static abstract void Accumulate(T* source, Span<double> target);

    /// <summary>Rounds four numbers to elements at destination[0 … 3].</summary>
    static abstract void StoreFour(Vector256<double> value, T* destination);
}
