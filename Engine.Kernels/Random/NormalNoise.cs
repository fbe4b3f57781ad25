using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Kernels.Geometry;

namespace Engine.Kernels.Random;

/// <summary>
/// Three independent standard normal numbers for a particle and a step, from the four words of <see cref="Philox"/> by G. E. P. Box and
/// M. E. Muller, Ann. Math. Stat. 29, 610 (1958), in double precision:
/// x = √(−2 ln u₀) sin θ, y = ±√(−2 ln u₀) cos θ, z = √(−2 ln u₁) sin φ, where u = (w + 1)/2³² lies in (0, 1], the angles are uniform on
/// (−π/2, π/2) and the sign is a bit of its own; the largest possible number is 6.66.
/// The scalar and the vector form do the same operations in the same order and give the same bits on every machine.
/// Polynomials by Chebyshev interpolation in 50-digit arithmetic.
/// </summary>
public static class NormalNoise
{
    /// <summary>2 ln 2.</summary>
    private const double TwoLn2 = 1.3862943611198906;

    /// <summary>Bits of √½, the lower end of the reduced mantissa.</summary>
    private const ulong SqrtHalfBits = 0x3FE6A09E667F3BCD;

    private const ulong MantissaMask = 0x000FFFFFFFFFFFFF;

    /// <summary>Bits of 2⁵²: or-ing an integer below 2⁵² into them makes the double 2⁵² + integer.</summary>
    private const ulong TwoTo52Bits = 0x4330000000000000;

    private const double TwoTo52 = 4503599627370496;

    /// <summary>−2 ln m = s·P(s²), s = (m − 1)/(m + 1), √½ ≤ m ≤ √2; relative error 3e-18 before rounding.</summary>
    private const double L0 = -4.0;
    private const double L1 = -1.33333333333335291;
    private const double L2 = -0.799999999986046762;
    private const double L3 = -0.571428575212833598;
    private const double L4 = -0.444443941134520932;
    private const double L5 = -0.363672633604586576;
    private const double L6 = -0.306250562967283819;
    private const double L7 = -0.296194207213105534;

    /// <summary>sin(πt) = t·P(t²), |t| ≤ ½; relative error 2.4e-16.</summary>
    private const double S0 = 3.14159265358979288;
    private const double S1 = -5.16771278004978582;
    private const double S2 = 2.55016403986186763;
    private const double S3 = -0.599264528825224005;
    private const double S4 = 0.0821458788163104269;
    private const double S5 = -0.00737036432653041568;
    private const double S6 = 0.000465987015804337793;
    private const double S7 = -0.0000211336273520529704;

    /// <summary>cos(πt) = P(t²), |t| ≤ ½; absolute error 1e-16.</summary>
    private const double C0 = 0.999999999999999996;
    private const double C1 = -4.93480220054467677;
    private const double C2 = 4.058712126416497;
    private const double C3 = -1.33526276884344709;
    private const double C4 = 0.235330630129532854;
    private const double C5 = -0.0258068887370022033;
    private const double C6 = 0.00192955627248171315;
    private const double C7 = -0.000104566553387487382;
    private const double C8 = 4.14956435394258551e-6;

    /// <summary>The normal numbers of one particle at one step.</summary>
    public static Vector3d Generate(ulong seed, RandomStream stream, uint particle, long step)
    {
        var (w0, w1, w2, w3) = Philox.Generate(seed, stream, particle, step);
        return FromWords(w0, w1, w2, w3);
    }

    /// <summary>The same for four particles; bits 32 and above of each lane of <paramref name="particle"/> must be zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<double> X, Vector256<double> Y, Vector256<double> Z) Generate(
        ulong seed, RandomStream stream, Vector256<ulong> particle, long step)
    {
        var w0 = particle;
        var w1 = Vector256.Create((ulong)(uint)step);
        var w2 = Vector256.Create((ulong)step >> 32);
        var w3 = Vector256.Create((ulong)stream);
        Philox.Generate(ref w0, ref w1, ref w2, ref w3, (uint)seed, (uint)(seed >> 32));

        var r0 = Radius(w0);
        var r1 = Radius(w2);
        // The lowest bit of the angle's word is the sign of the cosine; the other 31 are the angle, centred by the half.
        var theta = (Convert(w1 >>> 1) - Vector256.Create(1073741823.5)) * Vector256.Create(1 / 2147483648.0);
        var phi = (Convert(w3) - Vector256.Create(2147483647.5)) * Vector256.Create(1 / 4294967296.0);
        var sign = (w1 << 63).AsDouble();
        return (r0 * Sine(theta), r0 * (Cosine(theta) ^ sign), r1 * Sine(phi));
    }

    internal static Vector3d FromWords(uint w0, uint w1, uint w2, uint w3)
    {
        var r0 = Radius(w0);
        var r1 = Radius(w2);
        var theta = ((w1 >> 1) - 1073741823.5) * (1 / 2147483648.0);
        var phi = (w3 - 2147483647.5) * (1 / 4294967296.0);
        var cosine = Cosine(theta);
        return new(r0 * Sine(theta), r0 * ((w1 & 1) == 0 ? cosine : -cosine), r1 * Sine(phi));
    }

    /// <summary>√(−2 ln((w + 1)/2³²)).</summary>
    private static double Radius(uint w)
    {
        var bits = BitConverter.DoubleToUInt64Bits(w + 1.0) - SqrtHalfBits;
        var exponent = (int)(bits >> 52);
        var m = BitConverter.UInt64BitsToDouble((bits & MantissaMask) + SqrtHalfBits);
        var s = (m - 1) / (m + 1);
        var u = s * s;
        var p = Math.FusedMultiplyAdd(L7, u, L6);
        p = Math.FusedMultiplyAdd(p, u, L5);
        p = Math.FusedMultiplyAdd(p, u, L4);
        p = Math.FusedMultiplyAdd(p, u, L3);
        p = Math.FusedMultiplyAdd(p, u, L2);
        p = Math.FusedMultiplyAdd(p, u, L1);
        p = Math.FusedMultiplyAdd(p, u, L0);
        return Math.Sqrt(Math.FusedMultiplyAdd(p, s, (32.0 - exponent) * TwoLn2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Radius(Vector256<ulong> w)
    {
        var one = Vector256.Create(1.0);
        var sqrtHalf = Vector256.Create(SqrtHalfBits);
        var bits = (Convert(w) + one).AsUInt64() - sqrtHalf;
        var exponent = Convert(bits >>> 52);
        var m = ((bits & Vector256.Create(MantissaMask)) + sqrtHalf).AsDouble();
        var s = (m - one) / (m + one);
        var u = s * s;
        var p = Fma(Vector256.Create(L7), u, Vector256.Create(L6));
        p = Fma(p, u, Vector256.Create(L5));
        p = Fma(p, u, Vector256.Create(L4));
        p = Fma(p, u, Vector256.Create(L3));
        p = Fma(p, u, Vector256.Create(L2));
        p = Fma(p, u, Vector256.Create(L1));
        p = Fma(p, u, Vector256.Create(L0));
        return Vector256.Sqrt(Fma(p, s, (Vector256.Create(32.0) - exponent) * Vector256.Create(TwoLn2)));
    }

    private static double Sine(double t)
    {
        var u = t * t;
        var p = Math.FusedMultiplyAdd(S7, u, S6);
        p = Math.FusedMultiplyAdd(p, u, S5);
        p = Math.FusedMultiplyAdd(p, u, S4);
        p = Math.FusedMultiplyAdd(p, u, S3);
        p = Math.FusedMultiplyAdd(p, u, S2);
        p = Math.FusedMultiplyAdd(p, u, S1);
        p = Math.FusedMultiplyAdd(p, u, S0);
        return p * t;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Sine(Vector256<double> t)
    {
        var u = t * t;
        var p = Fma(Vector256.Create(S7), u, Vector256.Create(S6));
        p = Fma(p, u, Vector256.Create(S5));
        p = Fma(p, u, Vector256.Create(S4));
        p = Fma(p, u, Vector256.Create(S3));
        p = Fma(p, u, Vector256.Create(S2));
        p = Fma(p, u, Vector256.Create(S1));
        p = Fma(p, u, Vector256.Create(S0));
        return p * t;
    }

    private static double Cosine(double t)
    {
        var u = t * t;
        var p = Math.FusedMultiplyAdd(C8, u, C7);
        p = Math.FusedMultiplyAdd(p, u, C6);
        p = Math.FusedMultiplyAdd(p, u, C5);
        p = Math.FusedMultiplyAdd(p, u, C4);
        p = Math.FusedMultiplyAdd(p, u, C3);
        p = Math.FusedMultiplyAdd(p, u, C2);
        p = Math.FusedMultiplyAdd(p, u, C1);
        return Math.FusedMultiplyAdd(p, u, C0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Cosine(Vector256<double> t)
    {
        var u = t * t;
        var p = Fma(Vector256.Create(C8), u, Vector256.Create(C7));
        p = Fma(p, u, Vector256.Create(C6));
        p = Fma(p, u, Vector256.Create(C5));
        p = Fma(p, u, Vector256.Create(C4));
        p = Fma(p, u, Vector256.Create(C3));
        p = Fma(p, u, Vector256.Create(C2));
        p = Fma(p, u, Vector256.Create(C1));
        return Fma(p, u, Vector256.Create(C0));
    }

    /// <summary>Integers below 2⁵² as doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Convert(Vector256<ulong> w) =>
        (w | Vector256.Create(TwoTo52Bits)).AsDouble() - Vector256.Create(TwoTo52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Fma(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Vector256.FusedMultiplyAdd(a, b, c);
}
