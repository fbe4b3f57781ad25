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

    /// <summary>Eight lanes as floats.</summary>
    static abstract void StoreFloats(float* destination, F value);

    /// <summary>Stores four lanes to each destination.</summary>
    static abstract void StoreLanes(T* first, T* second, F value);

    /// <summary>Eight differences source[k] − origin, taken in double, rounded to the element.</summary>
    static abstract F Difference(double* source, double origin);

    /// <summary>Four elements as doubles.</summary>
    static abstract Vector256<double> WidenFour(T* source);

    /// <summary>Rounds four numbers to elements at destination[0 … 3].</summary>
    static abstract void StoreFour(Vector256<double> value, T* destination);
}
