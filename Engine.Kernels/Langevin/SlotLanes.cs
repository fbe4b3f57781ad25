using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Kernels.Langevin;

/// <summary>Four slots of a buffer at once.</summary>
internal static class SlotLanes
{
    /// <summary>Slots in a vector; divides the cluster size.</summary>
    public const int Lanes = 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(ReadOnlySpan<double> a, int slot) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(a), (nuint)slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<double> a, int slot, Vector256<double> value) =>
        value.StoreUnsafe(ref MemoryMarshal.GetReference(a), (nuint)slot);

    /// <summary>Sum of the lanes in an order of our own: the base library does not promise one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double AddLanes(Vector256<double> v)
    {
        var pair = v.GetLower() + v.GetUpper();
        return pair[0] + pair[1];
    }
}
