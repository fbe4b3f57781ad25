using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Kernels.Memory;

/// <summary>A table of the calling thread, kept between calls, on a cache line boundary.</summary>
internal static unsafe class ThreadScratch
{
    [ThreadStatic]
    private static double[]? buffer;

    /// <summary>That many doubles of any value; the next call gives the same ones.</summary>
    public static Span<double> Of(int length)
    {
        if (buffer is null || buffer.Length < length + 8)
        {
            buffer = GC.AllocateUninitializedArray<double>(length + 8, pinned: true);
        }
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffer));
        return buffer.AsSpan((int)((64 - address % 64) % 64 / sizeof(double)), length);
    }
}
