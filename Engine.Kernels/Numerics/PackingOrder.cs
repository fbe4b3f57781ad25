using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Numerics;

/// <summary>Moves the chosen lanes of a register to its front and back, by tables of permutations: AVX2 has no instruction for it.</summary>
internal static unsafe class PackingOrder
{
    /// <summary>For each mask of eight lanes: the chosen lanes in order, then zeros [256 × 8].</summary>
    private static readonly int[] Chosen = Table(256, (mask, k) => NthChosen(mask, k, 8));

    /// <summary>For each mask of eight lanes: how many chosen lanes stand before each [256 × 8].</summary>
    private static readonly int[] Before = Table(256, (mask, lane) => BitOperations.PopCount((uint)mask & ((1u << lane) - 1)));

    /// <summary>The same for four lanes of two words each [16 × 8].</summary>
    private static readonly int[] ChosenPairs = Table(16, (mask, k) => 2 * NthChosen(mask, k / 2, 4) + k % 2);

    private static readonly int[] BeforePairs = Table(16, (mask, k) => 2 * BitOperations.PopCount((uint)mask & ((1u << (k / 2)) - 1)) + k % 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pack(Vector256<float> value, uint mask) => Permute(value, Chosen, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Unpack(Vector256<float> value, uint mask) => Permute(value, Before, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Pack(Vector256<double> value, uint mask) => Permute(value.AsSingle(), ChosenPairs, mask).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Unpack(Vector256<double> value, uint mask) => Permute(value.AsSingle(), BeforePairs, mask).AsDouble();

    /// <summary>Stores first + k for every set bit k of an eight-bit mask, in order, and returns how many; eight elements are overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StoreIndices(int first, uint mask, int* destination)
    {
        (Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Chosen), 8 * (nuint)mask) + Vector256.Create(first)).Store(destination);
        return BitOperations.PopCount(mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Permute(Vector256<float> value, int[] table, uint mask)
    {
        var order = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(table), 8 * (nuint)mask);
        return Avx2.IsSupported ? Avx2.PermuteVar8x32(value, order) : Vector256.Shuffle(value, order);
    }

    private static int[] Table(int masks, Func<int, int, int> entry) =>
        [.. Enumerable.Range(0, 8 * masks).Select(k => entry(k / 8, k % 8))];

    private static int NthChosen(int mask, int n, int lanes)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            if ((mask >> lane & 1) != 0 && n-- == 0)
            {
                return lane;
            }
        }
        return 0;
    }
}
