using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using Engine.Kernels.Devices;

namespace Engine.Perf;

/// <summary>What one thread of this machine can do at best, measured now.</summary>
/// <param name="Machine">Model of the processor.</param>
/// <param name="FlopRateSingle">Multiply-adds of the widest float vectors that stay in registers, two operations each [1/s].</param>
/// <param name="FlopRateDouble">The same in double.</param>
/// <param name="ByteRate">Bytes read plus bytes written by a copy far larger than any cache [1/s].</param>
public sealed record MachineBounds(string Machine, double FlopRateSingle, double FlopRateDouble, double ByteRate)
{
    private const int Iterations = 20_000_000;
    private const int Accumulators = 12;
    private const int CopyDoubles = 1 << 25;

    public static MachineBounds Measure(Action<string> progress)
    {
        progress("bounds: multiply-adds in registers, copy in memory");
        var wide = Vector512.IsHardwareAccelerated;
        var single = Fastest(() => _ = wide ? MultiplyAddWide<float>(Iterations) : MultiplyAdd<float>(Iterations));
        var twice = Fastest(() => _ = wide ? MultiplyAddWide<double>(Iterations) : MultiplyAdd<double>(Iterations));
        var source = new double[CopyDoubles];
        var target = new double[CopyDoubles];
        source.AsSpan().Fill(1);
        var copy = Fastest(() => source.AsSpan().CopyTo(target));
        var operations = 2.0 * Accumulators * Iterations;
        return new(
            CpuDevice.Describe().Name,
            operations * (wide ? Vector512<float>.Count : Vector256<float>.Count) / single,
            operations * (wide ? Vector512<double>.Count : Vector256<double>.Count) / twice,
            2.0 * sizeof(double) * CopyDoubles / copy);
    }

    public JsonObject ToJson() => new()
    {
        ["bounds"] = Machine,
        ["threads"] = 1,
        ["flopRateSingle"] = FlopRateSingle,
        ["flopRateDouble"] = FlopRateDouble,
        ["byteRate"] = ByteRate,
    };

    /// <summary>A bound is what the machine can do, so the best of several counts; the first ones also compile.</summary>
    private static double Fastest(Action work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    /// <summary>Twelve independent chains hide the latency of a multiply-add (4 cycles, two a cycle) on every present processor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T MultiplyAdd<T>(int iterations)
        where T : struct, System.Numerics.INumber<T>
    {
        var a = Vector256.Create(T.CreateTruncating(0.999));
        var b = Vector256.Create(T.CreateTruncating(0.001));
        Vector256<T> s0 = b, s1 = b, s2 = b, s3 = b, s4 = b, s5 = b, s6 = b, s7 = b, s8 = b, s9 = b, s10 = b, s11 = b;
        for (var i = 0; i < iterations; i++)
        {
            s0 = Fused(s0, a, b);
            s1 = Fused(s1, a, b);
            s2 = Fused(s2, a, b);
            s3 = Fused(s3, a, b);
            s4 = Fused(s4, a, b);
            s5 = Fused(s5, a, b);
            s6 = Fused(s6, a, b);
            s7 = Fused(s7, a, b);
            s8 = Fused(s8, a, b);
            s9 = Fused(s9, a, b);
            s10 = Fused(s10, a, b);
            s11 = Fused(s11, a, b);
        }
        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + (s6 + s7 + s8 + s9 + s10 + s11));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Fused<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    /// <summary>The same in 512-bit registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T MultiplyAddWide<T>(int iterations)
        where T : struct, System.Numerics.INumber<T>
    {
        var a = Vector512.Create(T.CreateTruncating(0.999));
        var b = Vector512.Create(T.CreateTruncating(0.001));
        Vector512<T> s0 = b, s1 = b, s2 = b, s3 = b, s4 = b, s5 = b, s6 = b, s7 = b, s8 = b, s9 = b, s10 = b, s11 = b;
        for (var i = 0; i < iterations; i++)
        {
            s0 = Fused(s0, a, b);
            s1 = Fused(s1, a, b);
            s2 = Fused(s2, a, b);
            s3 = Fused(s3, a, b);
            s4 = Fused(s4, a, b);
            s5 = Fused(s5, a, b);
            s6 = Fused(s6, a, b);
            s7 = Fused(s7, a, b);
            s8 = Fused(s8, a, b);
            s9 = Fused(s9, a, b);
            s10 = Fused(s10, a, b);
            s11 = Fused(s11, a, b);
        }
        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + (s6 + s7 + s8 + s9 + s10 + s11));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Fused<T>(Vector512<T> x, Vector512<T> y, Vector512<T> z) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();
}
