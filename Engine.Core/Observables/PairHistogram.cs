using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Core.Particles;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Counts the pairs of one frame by kinds and distance. Counts are integers, so neither the order of the pairs nor the number of threads shows.
/// </summary>
internal sealed class PairHistogram(int kinds, double maximum, int bins)
{
    private readonly CellGrid grid = new();
    private readonly ConcurrentBag<Scratch> pool = [];
    private readonly long[] unordered = new long[kinds * kinds * bins];

    /// <summary>
    /// Counts the pairs of a frame closer than the maximum; <paramref name="ordered"/> receives, for each (a, b, bin), the number of b found around
    /// all a: [kinds, kinds, bins].
    /// </summary>
    public void Count(Configuration frame, int[] kindOf, Workers workers, double[] ordered)
    {
        grid.Build(frame, kindOf, maximum);
        Array.Clear(unordered);
        workers.For(grid.CellCount, 4, CountCells);
        foreach (var scratch in pool)
        {
            for (var k = 0; k < unordered.Length; k++)
            {
                unordered[k] += scratch.Counts[k];
            }
            Array.Clear(scratch.Counts);
        }
        for (var a = 0; a < kinds; a++)
        {
            for (var b = 0; b < kinds; b++)
            {
                for (var k = 0; k < bins; k++)
                {
                    ordered[(a * kinds + b) * bins + k] = unordered[(a * kinds + b) * bins + k] + unordered[(b * kinds + a) * bins + k];
                }
            }
        }
    }

    private void CountCells(int from, int to)
    {
        if (!pool.TryTake(out var scratch))
        {
            scratch = new(new int[unordered.Length], new List<RowSegment>(256));
        }
        for (var cell = from; cell < to; cell++)
        {
            grid.Neighbours(cell, half: true, scratch.Segments);
            var segments = CollectionsMarshal.AsSpan(scratch.Segments);
            for (var i = grid.Start(cell); i < grid.End(cell); i++)
            {
                CountRun(i, segments[0] with { Start = i + 1 }, scratch.Counts);
                foreach (ref readonly var segment in segments[1..])
                {
                    CountRun(i, segment, scratch.Counts);
                }
            }
        }
        pool.Add(scratch);
    }

    private void CountRun(int i, in RowSegment run, int[] counts)
    {
        var x = Vector256.Create(grid.X[i] - run.ShiftX);
        var y = Vector256.Create(grid.Y[i] - run.ShiftY);
        var z = Vector256.Create(grid.Z[i] - run.ShiftZ);
        var limit = Vector256.Create((float)(maximum * maximum));
        var perLength = Vector256.Create((float)(bins / maximum));
        var row = Vector256.Create(grid.Kind[i] * kinds);
        var lastBin = Vector256.Create(bins - 1);
        var perKind = Vector256.Create(bins);
        Span<int> index = stackalloc int[Vector256<int>.Count];
        ref var jx = ref MemoryMarshal.GetArrayDataReference(grid.X);
        ref var jy = ref MemoryMarshal.GetArrayDataReference(grid.Y);
        ref var jz = ref MemoryMarshal.GetArrayDataReference(grid.Z);
        ref var jKind = ref MemoryMarshal.GetArrayDataReference(grid.Kind);
        for (var j = run.Start; j < run.End; j += Vector256<float>.Count)
        {
            var dx = Vector256.LoadUnsafe(ref jx, (nuint)j) - x;
            var dy = Vector256.LoadUnsafe(ref jy, (nuint)j) - y;
            var dz = Vector256.LoadUnsafe(ref jz, (nuint)j) - z;
            var r2 = dx * dx + dy * dy + dz * dz;
            var hits = Vector256.LessThan(r2, limit).ExtractMostSignificantBits();
            if (run.End - j < Vector256<float>.Count)
            {
                hits &= (1u << (run.End - j)) - 1;
            }
            if (hits == 0)
            {
                continue;
            }
            var bin = Vector256.Min(Vector256.ConvertToInt32(Vector256.Sqrt(r2) * perLength), lastBin);
            ((row + Vector256.LoadUnsafe(ref jKind, (nuint)j)) * perKind + bin).CopyTo(index);
            for (; hits != 0; hits &= hits - 1)
            {
                counts[index[BitOperations.TrailingZeroCount(hits)]]++;
            }
        }
    }

    private sealed record Scratch(int[] Counts, List<RowSegment> Segments);
}
