using System.Diagnostics;
using System.Numerics;
using Engine.Kernels.Algebra;
using Engine.Kernels.Threading;

namespace Engine.Learn.Ntk;

/// <summary>The speed of matrix products of the size that kernels are made of.</summary>
public static class GemmRate
{
    private const int Size = 256;
    private const int Inner = 512;
    private const double Seconds = 0.05;

    /// <summary>Floating-point operations per second of all threads of a team, measured in about a tenth of a second.</summary>
    public static double Measure<T>(Workers workers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var algebra = LinearAlgebra.OfProcessor(Workers.Single);
        var (factors, results) = (new MatrixBuffer<T>[workers.Count], new MatrixBuffer<T>[workers.Count]);
        for (var k = 0; k < workers.Count; k++)
        {
            (factors[k], results[k]) = (new(Size, Inner), new(Size, Size));
        }
        void Once() => workers.Run(workers.Count, k => algebra.Gemm(T.One, factors[k].Matrix, factors[k].Matrix.Transposed, T.Zero, results[k].Matrix));
        Once();
        var (start, rounds) = (Stopwatch.GetTimestamp(), 0);
        do
        {
            Once();
            rounds++;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds);
        var rate = 2.0 * Size * Size * Inner * workers.Count * rounds / Stopwatch.GetElapsedTime(start).TotalSeconds;
        for (var k = 0; k < workers.Count; k++)
        {
            factors[k].Dispose();
            results[k].Dispose();
        }
        return rate;
    }
}
