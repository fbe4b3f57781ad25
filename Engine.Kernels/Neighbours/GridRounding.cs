using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Kernels.Neighbours;

/// <summary>Rounds coordinates to multiples of a power of two.</summary>
internal readonly struct GridRounding
{
    private readonly double magic;

    private GridRounding(double step)
    {
        Step = step;
        // Beside a number of this size nothing below one step has a bit.
        magic = 1.5 * (1L << 52) * step;
    }

    /// <summary>Distance between neighbouring points [length].</summary>
    public double Step { get; }

    /// <summary>The finest grid whose coordinates up to four times <paramref name="range"/> in magnitude fit the 24 bits of a float.</summary>
    public static GridRounding ForRange(double range) => new(Math.ScaleB(1, Math.ILogB(range) + 3 - 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> Round(Vector256<double> coordinates) => coordinates + Vector256.Create(magic) - Vector256.Create(magic);
}
