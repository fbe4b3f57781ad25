using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Random;

/// <summary>
/// Philox4x32-10: 128 random bits as a function of a 128-bit counter and a 64-bit key, without any state. J. K. Salmon, M. A. Moraes,
/// R. O. Dror and D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC11 (2011). Here the key is the seed of the run and the counter is
/// (particle id, step low, step high, <see cref="RandomStream"/>), so that a number depends neither on threads nor on the order of particles.
/// </summary>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>The four words for counter (c0, c1, c2, c3) and key (k0, k1).</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Generate(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)Multiplier0 * c0;
            var p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The four words of one particle at one step.</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Generate(ulong seed, RandomStream stream, uint particle, long step) =>
        Generate(particle, (uint)step, (uint)((ulong)step >> 32), (uint)stream, (uint)seed, (uint)(seed >> 32));

    /// <summary>
    /// Four counters at once, each word in the low half of a 64-bit lane (the multiplier reads nothing else); the upper halves of the results
    /// are zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Generate(
        ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3, uint k0, uint k1)
    {
        var m0 = Vector256.Create((ulong)Multiplier0);
        var m1 = Vector256.Create((ulong)Multiplier1);
        var key0 = Vector256.Create((ulong)k0);
        var key1 = Vector256.Create((ulong)k1);
        var weyl0 = Vector256.Create((ulong)Weyl0);
        var weyl1 = Vector256.Create((ulong)Weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        Advance(ref key0, ref key1, weyl0, weyl1);
        Round(ref c0, ref c1, ref c2, ref c3, m0, m1, key0, key1);
        var low = Vector256.Create(0xFFFFFFFFul);
        c0 &= low;
        c1 &= low;
        c2 &= low;
        c3 &= low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3,
        Vector256<ulong> m0, Vector256<ulong> m1, Vector256<ulong> key0, Vector256<ulong> key1)
    {
        var p0 = MultiplyLowHalves(c0, m0);
        var p1 = MultiplyLowHalves(c2, m1);
        c0 = (p1 >>> 32) ^ c1 ^ key0;
        c1 = p1;
        c2 = (p0 >>> 32) ^ c3 ^ key1;
        c3 = p0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MultiplyLowHalves(Vector256<ulong> a, Vector256<ulong> b)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.Multiply(a.AsUInt32(), b.AsUInt32());
        }
        var low = Vector256.Create(0xFFFFFFFFul);
        return (a & low) * (b & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref Vector256<ulong> key0, ref Vector256<ulong> key1, Vector256<ulong> weyl0, Vector256<ulong> weyl1)
    {
        // A carry into the upper half is harmless: only the low half of a word is ever multiplied or kept.
        key0 += weyl0;
        key1 += weyl1;
    }
}
