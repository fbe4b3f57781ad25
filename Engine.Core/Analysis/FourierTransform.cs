using System.Numerics;

namespace Engine.Core.Analysis;

/// <summary>Fast Fourier transform of a length that is a power of two (Cooley and Tukey, Math. Comput. 19, 297 (1965)).</summary>
internal sealed class FourierTransform
{
    private readonly int length;
    private readonly double[] cosine;
    private readonly double[] sine;
    private readonly int[] reversed;

    /// <param name="length">A power of two.</param>
    public FourierTransform(int length)
    {
        this.length = length;
        cosine = new double[length / 2];
        sine = new double[length / 2];
        for (var k = 0; k < length / 2; k++)
        {
            (sine[k], cosine[k]) = Math.SinCos(-2 * Math.PI * k / length);
        }
        reversed = new int[length];
        var bits = BitOperations.Log2((uint)length);
        for (var i = 0; i < length; i++)
        {
            for (var b = 0; b < bits; b++)
            {
                reversed[i] |= ((i >> b) & 1) << (bits - 1 - b);
            }
        }
    }

    public int Length => length;

    /// <summary>The smallest power of two that is at least <paramref name="n"/>.</summary>
    public static int LengthFor(int n) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(n, 2));

    /// <summary>X_k = Σ_n x_n exp(−2πi kn/N), in place.</summary>
    public void Forward(double[] re, double[] im)
    {
        for (var i = 0; i < length; i++)
        {
            var j = reversed[i];
            if (i < j)
            {
                (re[i], re[j]) = (re[j], re[i]);
                (im[i], im[j]) = (im[j], im[i]);
            }
        }
        for (int half = 1, stride = length / 2; half < length; half *= 2, stride /= 2)
        {
            for (var start = 0; start < length; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    double c = cosine[k * stride], s = sine[k * stride];
                    int a = start + k, b = a + half;
                    double tr = re[b] * c - im[b] * s, ti = re[b] * s + im[b] * c;
                    re[b] = re[a] - tr;
                    im[b] = im[a] - ti;
                    re[a] += tr;
                    im[a] += ti;
                }
            }
        }
    }
}
