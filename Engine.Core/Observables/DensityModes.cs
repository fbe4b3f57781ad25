using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Core.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Amplitudes A_a(k) = Σ_{i of kind a} exp(i k·r_i) of a frame. The exponentials factor into one table per axis, filled by recurrence; particles come in
/// blocks of one kind, and the sum over blocks has a fixed order, so the bits do not depend on the threads.
/// </summary>
internal sealed class DensityModes(WaveVectorSet vectors, int kinds)
{
    private const int BlockSize = 512;
    private const int VectorsPerTask = 256;

    private readonly double[][] cosine = [Table(vectors.Limits[0]), Table(vectors.Limits[1]), Table(vectors.Limits[2])];
    private readonly double[][] sine = [Table(vectors.Limits[0]), Table(vectors.Limits[1]), Table(vectors.Limits[2])];

    /// <summary>Real parts, [kinds, wave vectors].</summary>
    public double[] Real { get; } = new double[kinds * vectors.Count];

    /// <summary>Imaginary parts, [kinds, wave vectors].</summary>
    public double[] Imaginary { get; } = new double[kinds * vectors.Count];

    public void Compute(Configuration frame, int[] kindOf, Workers workers)
    {
        Array.Clear(Real);
        Array.Clear(Imaginary);
        var block = new List<int>(BlockSize);
        for (var kind = 0; kind < kinds; kind++)
        {
            for (var i = 0; i < frame.Count; i++)
            {
                if (kindOf[i] == kind)
                {
                    block.Add(i);
                }
                if (block.Count == BlockSize || (i == frame.Count - 1 && block.Count > 0))
                {
                    AddBlock(frame, block, kind, workers);
                    block.Clear();
                }
            }
        }
    }

    private static double[] Table(int limit) => new double[(limit + 1) * BlockSize];

    private void AddBlock(Configuration frame, List<int> block, int kind, Workers workers)
    {
        // Slots beyond the block keep exponentials of zero: they add nothing because their x factors are zero.
        var size = (block.Count + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        for (var axis = 0; axis < 3; axis++)
        {
            var (c, s) = (cosine[axis], sine[axis]);
            for (var m = 0; m < size; m++)
            {
                if (m >= block.Count)
                {
                    for (var n = 0; n <= vectors.Limits[axis]; n++)
                    {
                        c[n * BlockSize + m] = s[n * BlockSize + m] = 0;
                    }
                    continue;
                }
                var f = frame.Box.ToFractional(frame.Position(block[m]));
                var t = axis == 0 ? f.X : axis == 1 ? f.Y : f.Z;
                var (sin, cos) = Math.SinCos(2 * Math.PI * (t - Math.Floor(t)));
                double re = 1, im = 0;
                for (var n = 0; n <= vectors.Limits[axis]; n++)
                {
                    c[n * BlockSize + m] = re;
                    s[n * BlockSize + m] = im;
                    (re, im) = (re * cos - im * sin, re * sin + im * cos);
                }
            }
        }
        workers.For(vectors.Count, VectorsPerTask, (from, to) => AddVectors(from, to, size, kind));
    }

    private void AddVectors(int from, int to, int size, int kind)
    {
        Span<double> productRe = stackalloc double[BlockSize];
        Span<double> productIm = stackalloc double[BlockSize];
        var re = MemoryMarshal.Cast<double, Vector<double>>(productRe);
        var im = MemoryMarshal.Cast<double, Vector<double>>(productIm);
        var steps = size / Vector<double>.Count;
        var (lastX, lastY) = (int.MinValue, int.MinValue);
        for (var k = from; k < to; k++)
        {
            var (x, y, z) = vectors.Indices[k];
            if (x != lastX || y != lastY)
            {
                var cx = Row(cosine[0], x);
                var sx = Row(sine[0], x);
                var cy = Row(cosine[1], y);
                var sy = Row(sine[1], y);
                var sign = new Vector<double>(y < 0 ? -1.0 : 1.0);
                for (var m = 0; m < steps; m++)
                {
                    var siny = sign * sy[m];
                    re[m] = cx[m] * cy[m] - sx[m] * siny;
                    im[m] = sx[m] * cy[m] + cx[m] * siny;
                }
                (lastX, lastY) = (x, y);
            }
            var cz = Row(cosine[2], z);
            var sz = Row(sine[2], z);
            var signZ = new Vector<double>(z < 0 ? -1.0 : 1.0);
            var sumRe = Vector<double>.Zero;
            var sumIm = Vector<double>.Zero;
            for (var m = 0; m < steps; m++)
            {
                var sinz = signZ * sz[m];
                sumRe += re[m] * cz[m] - im[m] * sinz;
                sumIm += im[m] * cz[m] + re[m] * sinz;
            }
            Real[kind * vectors.Count + k] += Vector.Sum(sumRe);
            Imaginary[kind * vectors.Count + k] += Vector.Sum(sumIm);
        }
    }

    private static ReadOnlySpan<Vector<double>> Row(double[] table, int n) =>
        MemoryMarshal.Cast<double, Vector<double>>(table.AsSpan(Math.Abs(n) * BlockSize, BlockSize));
}
