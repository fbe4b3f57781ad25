using System.Runtime.InteropServices;
using Engine.Kernels.Errors;

namespace Engine.Kernels.Algebra;

/// <summary>Memory of one dense matrix of the host, zero at first, aligned to 64 bytes: as large as the machine's memory, not bound by 32-bit indices.</summary>
public sealed unsafe class MatrixBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;

    /// <exception cref="RunFailedException">The machine has no room for it.</exception>
    public MatrixBuffer(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (Rows, Columns) = (rows, columns);
        try
        {
            Pointer = (T*)NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
        }
        catch (OutOfMemoryException error)
        {
            throw new RunFailedException(FormattableString.Invariant(
                $"there is no room for a matrix of {rows} × {columns} ({Bytes / 1073741824.0:F1} GiB); use fewer rows or a machine with more memory"), error);
        }
        NativeMemory.Clear(Pointer, (nuint)Bytes);
    }

    ~MatrixBuffer() => NativeMemory.AlignedFree(Pointer);

    public int Rows { get; }

    public int Columns { get; }

    public long Bytes => (long)Rows * Columns * sizeof(T);

    /// <summary>The matrix; not to be used after the buffer was disposed.</summary>
    public Matrix<T> Matrix => new(this);

    internal T* Pointer { get; private set; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }
}
