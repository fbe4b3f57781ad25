using System.Runtime.InteropServices;
using Engine.Kernels.Errors;
using Engine.Kernels.Memory;

namespace Engine.Kernels.Algebra;

/// <summary>Memory of one dense matrix of the host, zero at first, aligned to 64 bytes or more: as large as the machine's memory, not bound by 32-bit indices.</summary>
public sealed unsafe class MatrixBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    private void* allocated;

    /// <exception cref="RunFailedException">The machine has no room for it.</exception>
    public MatrixBuffer(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (Rows, Columns) = (rows, columns);
        var bytes = (nuint)Bytes;
        var alignment = bytes >= HugePages.Size ? HugePages.Size : Alignment;
        try
        {
            // What the system gives anew is zeroed where it is first touched, by whichever thread that is.
            allocated = NativeMemory.AllocZeroed(bytes + alignment);
        }
        catch (OutOfMemoryException error)
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"there is no room for a matrix of {rows} × {columns} ({Bytes / 1073741824.0:F1} GiB); use fewer rows or a machine with more memory"), error);
        }
        Pointer = (T*)(((nuint)allocated + alignment - 1) / alignment * alignment);
        if (alignment == HugePages.Size)
        {
            HugePages.Advise(Pointer, bytes);
        }
    }

    ~MatrixBuffer() => NativeMemory.Free(allocated);

    public int Rows { get; }

    public int Columns { get; }

    public long Bytes => (long)Rows * Columns * sizeof(T);

    /// <summary>The matrix; not to be used after the buffer was disposed.</summary>
    public Matrix<T> Matrix => new(this);

    internal T* Pointer { get; private set; }

    public void Dispose()
    {
        NativeMemory.Free(allocated);
        allocated = null;
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}
