using System.Runtime.InteropServices;

namespace Engine.Kernels.Memory;

/// <summary>Growable memory outside the managed heap, aligned to 64 bytes: what vector loads and pointers in inner loops want.</summary>
public sealed unsafe class AlignedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    public AlignedBuffer(int length = 0) => Require(length);

    ~AlignedBuffer() => Free();

    public T* Pointer { get; private set; }

    /// <summary>Elements allocated.</summary>
    public int Capacity { get; private set; }

    public Span<T> Span => new(Pointer, Capacity);

    public ref T this[int index] => ref Pointer[index];

    /// <summary>Makes room for <paramref name="length"/> elements; old contents are lost when the buffer grows.</summary>
    public void Require(int length)
    {
        if (length <= Capacity)
        {
            return;
        }
        Free();
        Allocate((int)Math.Min(length + length / 8L, int.MaxValue));
    }

    /// <summary>Makes room for <paramref name="length"/> elements and keeps the contents.</summary>
    public void Grow(int length)
    {
        if (length <= Capacity)
        {
            return;
        }
        var (old, count) = ((nint)Pointer, Capacity);
        Pointer = null;
        Allocate((int)Math.Clamp(2L * count, length, int.MaxValue));
        new ReadOnlySpan<T>((T*)old, count).CopyTo(Span);
        NativeMemory.AlignedFree((void*)old);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Allocate(int length)
    {
        Pointer = (T*)NativeMemory.AlignedAlloc((nuint)length * (nuint)sizeof(T), Alignment);
        Capacity = length;
        Span.Clear();
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        Capacity = 0;
    }
}
