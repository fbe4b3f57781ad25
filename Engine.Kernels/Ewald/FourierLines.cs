using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Kernels.Ewald;

/// <summary>
/// Discrete Fourier transforms X_k = Σ_j x_j exp(−2πijk/n) of eight lines at once, one in each lane: a point is eight real parts and then eight imaginary ones. Mixed radix 2, 3, 4 and 5, self-sorting
/// (T. G. Stockham, AFIPS Spring Joint Computer Conference 28, 229 (1966)). Lanes do not mix, so that a line has the same bits whatever lies beside it.
/// </summary>
internal sealed unsafe class FourierLines
{
    /// <summary>Lines at once.</summary>
    public const int Lines = 8;

    /// <summary>Doubles of a point of all lines.</summary>
    public const int Point = 2 * Lines;

    private readonly (int Radix, int Blocks, int Stride, double[] Twiddles)[] stages;

    /// <param name="length">A product of 2, 3 and 5.</param>
    public FourierLines(int length)
    {
        Length = length;
        var found = new List<(int, int, int, double[])>();
        var rest = length;
        for (var stride = 1; rest > 1;)
        {
            var radix = rest % 4 == 0 ? 4 : rest % 2 == 0 ? 2 : rest % 3 == 0 ? 3 : rest % 5 == 0 ? 5 : throw new ArgumentException($"{length} has a prime factor above 5", nameof(length));
            var blocks = rest / radix;
            var twiddles = new double[2 * (radix - 1) * blocks];
            for (var p = 0; p < blocks; p++)
            {
                for (var k = 1; k < radix; k++)
                {
                    var (sine, cosine) = Math.SinCos(-2 * Math.PI * (p * k % rest) / rest);
                    twiddles[2 * ((radix - 1) * p + k - 1)] = cosine;
                    twiddles[2 * ((radix - 1) * p + k - 1) + 1] = sine;
                }
            }
            found.Add((radix, blocks, stride, twiddles));
            (rest, stride) = (blocks, stride * radix);
        }
        stages = [.. found];
    }

    public int Length { get; }

    /// <summary>Whether a transform of that length is a product of 2, 3 and 5.</summary>
    public static bool IsSmooth(int length)
    {
        foreach (var prime in (ReadOnlySpan<int>)[2, 3, 5])
        {
            while (length % prime == 0)
            {
                length /= prime;
            }
        }
        return length == 1;
    }

    /// <summary>Transforms the lines.</summary>
    /// <param name="lines">Length points; overwritten.</param>
    /// <param name="other">Room for as many.</param>
    /// <param name="inverse">exp(+2πijk/n) instead; not divided by n.</param>
    /// <returns>Which of the two holds the result.</returns>
    public double* Transform(double* lines, double* other, bool inverse)
    {
        // The inverse is the transform with real and imaginary parts exchanged.
        int re = inverse ? Lines : 0, im = Lines - re;
        foreach (var (radix, blocks, stride, twiddles) in stages)
        {
            fixed (double* w = twiddles)
            {
                switch (radix)
                {
                    case 2:
                        Stage<Two>(lines, other, w, blocks, stride, re, im);
                        break;
                    case 3:
                        Stage<Three>(lines, other, w, blocks, stride, re, im);
                        break;
                    case 4:
                        Stage<Four>(lines, other, w, blocks, stride, re, im);
                        break;
                    default:
                        Stage<Five>(lines, other, w, blocks, stride, re, im);
                        break;
                }
            }
            var result = other;
            other = lines;
            lines = result;
        }
        return lines;
    }

    private static void Stage<TRadix>(double* source, double* target, double* twiddles, int blocks, int stride, int re, int im)
        where TRadix : struct, IRadix
    {
        var radix = TRadix.Radix;
        var apart = (nint)blocks * stride * Point;
        for (var p = 0; p < blocks; p++, twiddles += 2 * (radix - 1))
        {
            var from = source + (nint)p * stride * Point;
            var to = target + (nint)p * radix * stride * Point;
            for (var q = 0; q < stride; q++, from += Point, to += Point)
            {
                TRadix.Combine(from, apart, re, im, out var x);
                Store(to, re, im, x.X0);
                var step = (nint)stride * Point;
                if (p == 0)
                {
                    Store(to + step, re, im, x.X1);
                    if (radix > 2)
                    {
                        Store(to + 2 * step, re, im, x.X2);
                    }
                    if (radix > 3)
                    {
                        Store(to + 3 * step, re, im, x.X3);
                    }
                    if (radix > 4)
                    {
                        Store(to + 4 * step, re, im, x.X4);
                    }
                    continue;
                }
                Store(to + step, re, im, x.X1.Times(twiddles));
                if (radix > 2)
                {
                    Store(to + 2 * step, re, im, x.X2.Times(twiddles + 2));
                }
                if (radix > 3)
                {
                    Store(to + 3 * step, re, im, x.X3.Times(twiddles + 4));
                }
                if (radix > 4)
                {
                    Store(to + 4 * step, re, im, x.X4.Times(twiddles + 6));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Complex8 Load(double* at, int re, int im) => new(Vector512.Load(at + re), Vector512.Load(at + im));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* at, int re, int im, Complex8 value)
    {
        value.Re.Store(at + re);
        value.Im.Store(at + im);
    }

    private readonly struct Complex8(Vector512<double> re, Vector512<double> im)
    {
        public readonly Vector512<double> Re = re;
        public readonly Vector512<double> Im = im;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Complex8 operator +(Complex8 a, Complex8 b) => new(a.Re + b.Re, a.Im + b.Im);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Complex8 operator -(Complex8 a, Complex8 b) => new(a.Re - b.Re, a.Im - b.Im);

        /// <summary>a + factor · b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Complex8 MultiplyAdd(double factor, Complex8 b, Complex8 a)
        {
            var f = Vector512.Create(factor);
            return new(Vector512.FusedMultiplyAdd(f, b.Re, a.Re), Vector512.FusedMultiplyAdd(f, b.Im, a.Im));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Complex8 Scaled(double factor) => new(factor * Re, factor * Im);

        /// <summary>−i times this.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Complex8 TimesMinusI() => new(Im, -Re);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Complex8 Times(double* w)
        {
            Vector512<double> c = Vector512.Create(w[0]), s = Vector512.Create(w[1]);
            return new(Vector512.FusedMultiplyAdd(Re, c, -(Im * s)), Vector512.FusedMultiplyAdd(Re, s, Im * c));
        }
    }

    private struct Combination
    {
        public Complex8 X0, X1, X2, X3, X4;
    }

    /// <summary>A transform of that many points.</summary>
    private interface IRadix
    {
        static abstract int Radix { get; }

        static abstract void Combine(double* from, nint apart, int re, int im, out Combination result);
    }

    private readonly struct Two : IRadix
    {
        public static int Radix => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Combine(double* from, nint apart, int re, int im, out Combination result)
        {
            Complex8 a = Load(from, re, im), b = Load(from + apart, re, im);
            Unsafe.SkipInit(out result);
            result.X0 = a + b;
            result.X1 = a - b;
        }
    }

    private readonly struct Three : IRadix
    {
        private const double Sine = 0.86602540378443864676;

        public static int Radix => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Combine(double* from, nint apart, int re, int im, out Combination result)
        {
            Complex8 a = Load(from, re, im), b = Load(from + apart, re, im), c = Load(from + 2 * apart, re, im);
            Complex8 sum = b + c, turned = (b - c).Scaled(Sine).TimesMinusI(), middle = Complex8.MultiplyAdd(-0.5, sum, a);
            Unsafe.SkipInit(out result);
            result.X0 = a + sum;
            result.X1 = middle + turned;
            result.X2 = middle - turned;
        }
    }

    private readonly struct Four : IRadix
    {
        public static int Radix => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Combine(double* from, nint apart, int re, int im, out Combination result)
        {
            Complex8 a = Load(from, re, im), b = Load(from + apart, re, im), c = Load(from + 2 * apart, re, im), d = Load(from + 3 * apart, re, im);
            Complex8 even = a + c, odd = b + d, evenOff = a - c, oddOff = (b - d).TimesMinusI();
            Unsafe.SkipInit(out result);
            result.X0 = even + odd;
            result.X1 = evenOff + oddOff;
            result.X2 = even - odd;
            result.X3 = evenOff - oddOff;
        }
    }

    private readonly struct Five : IRadix
    {
        private const double Cosine1 = 0.30901699437494742410;
        private const double Cosine2 = -0.80901699437494742410;
        private const double Sine1 = 0.95105651629515357212;
        private const double Sine2 = 0.58778525229247312917;

        public static int Radix => 5;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Combine(double* from, nint apart, int re, int im, out Combination result)
        {
            var a = Load(from, re, im);
            Complex8 b = Load(from + apart, re, im), c = Load(from + 2 * apart, re, im), d = Load(from + 3 * apart, re, im), e = Load(from + 4 * apart, re, im);
            Complex8 outer = b + e, inner = c + d, outerOff = b - e, innerOff = c - d;
            var m1 = Complex8.MultiplyAdd(Cosine2, inner, Complex8.MultiplyAdd(Cosine1, outer, a));
            var m2 = Complex8.MultiplyAdd(Cosine1, inner, Complex8.MultiplyAdd(Cosine2, outer, a));
            var t1 = Complex8.MultiplyAdd(Sine2, innerOff, outerOff.Scaled(Sine1)).TimesMinusI();
            var t2 = Complex8.MultiplyAdd(-Sine1, innerOff, outerOff.Scaled(Sine2)).TimesMinusI();
            Unsafe.SkipInit(out result);
            result.X0 = a + outer + inner;
            result.X1 = m1 + t1;
            result.X2 = m2 + t2;
            result.X3 = m2 - t2;
            result.X4 = m1 - t1;
        }
    }
}
