using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.IO.Hdf5;

/// <summary>
/// The checksum of HDF5's fletcher32 filter: J. Fletcher, IEEE Trans. Commun. 30, 247 (1982), over big-endian 16-bit words w₀ … w₍ₙ₋₁₎, an odd
/// last byte taken as the high half of a word: s₁ = Σ wᵢ, s₂ = Σ (n − i) wᵢ, both modulo 65535, and 65535 in place of a zero remainder unless
/// every word is zero.
/// </summary>
internal static class Fletcher32
{
    private const uint Modulus = 65535;

    /// <summary>Vector steps between two reductions: 65535 · (1 + … + 256) still fits 32 bits.</summary>
    private const int Steps = 256;

    private const int Lanes = 16;

    private static readonly Vector256<uint> LaneLow = Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
    private static readonly Vector256<uint> LaneHigh = Vector256.Create(8u, 9, 10, 11, 12, 13, 14, 15);

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(data);
        ref var start = ref MemoryMarshal.GetReference(words);
        ulong first = 0, second = 0;
        var nonzero = false;
        var at = 0;
        for (; words.Length - at >= Steps * Lanes; at += Steps * Lanes)
        {
            Vector256<uint> sumLow = default, sumHigh = default, prefixLow = default, prefixHigh = default;
            for (var i = 0; i < Steps; i++)
            {
                var word = Vector256.LoadUnsafe(ref start, (nuint)(at + i * Lanes));
                var (low, high) = Vector256.Widen((word << 8) | (word >>> 8));
                sumLow += low;
                sumHigh += high;
                prefixLow += sumLow;
                prefixHigh += sumHigh;
            }
            // Word i = 16·step + lane carries the weight n − i = 16·(steps − step) − lane; the prefixes hold Σ (steps − step)·w per lane.
            var sum = Total(sumLow) + Total(sumHigh);
            var lanes = Total(sumLow * LaneLow) + Total(sumHigh * LaneHigh);
            second = (second + first * (Steps * Lanes) + Lanes * (Total(prefixLow) + Total(prefixHigh)) - lanes) % Modulus;
            first = (first + sum) % Modulus;
            nonzero |= sum != 0;
        }
        for (; at < words.Length; at++)
        {
            Add((ushort)((words[at] << 8) | (words[at] >> 8)));
        }
        if ((data.Length & 1) != 0)
        {
            Add((ushort)(data[^1] << 8));
        }
        if (!nonzero)
        {
            return 0;
        }
        first = first == 0 ? Modulus : first;
        second = second == 0 ? Modulus : second;
        return (uint)((second << 16) | first);

        void Add(ushort word)
        {
            nonzero |= word != 0;
            first = (first + word) % Modulus;
            second = (second + first) % Modulus;
        }
    }

    private static ulong Total(Vector256<uint> v)
    {
        var (low, high) = Vector256.Widen(v);
        return Vector256.Sum(low + high);
    }
}
