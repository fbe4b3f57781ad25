using Engine.Kernels.Devices;
using Engine.Kernels.Memory;

namespace Engine.Kernels.Algebra;

/// <summary>
/// A dense matrix, row after row, in memory that belongs to someone else and outlives it: of the host, or of a CUDA device. Blocks and transposes are views of the same memory.
/// </summary>
public readonly unsafe struct Matrix<T>
    where T : unmanaged
{
    /// <summary>The first rows · columns elements of a buffer of the host.</summary>
    public Matrix(AlignedBuffer<T> buffer, int rows, int columns)
        : this(null, buffer.Pointer, rows, columns, columns, false)
    {
        RequireRoom(buffer.Capacity, rows, columns);
    }

    /// <summary>All of a buffer of the host.</summary>
    public Matrix(MatrixBuffer<T> buffer)
        : this(null, buffer.Pointer, buffer.Rows, buffer.Columns, buffer.Columns, false)
    {
    }

    /// <summary>Memory of the host that stays where it is for as long as the matrix is used, such as that of another library.</summary>
    /// <param name="elements">The first element.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns, which lie side by side.</param>
    /// <param name="stride">Elements from the start of one row to the next.</param>
    public Matrix(T* elements, int rows, int columns, int stride)
        : this(null, elements, rows, columns, stride, false)
    {
    }

    /// <summary>The first rows · columns elements of a buffer of a CUDA device.</summary>
    public Matrix(DeviceBuffer<T> buffer, int rows, int columns)
        : this(buffer.Device, (T*)buffer.Handle, rows, columns, columns, false)
    {
        RequireRoom(buffer.Length, rows, columns);
    }

    /// <summary>Memory of a CUDA device that belongs to another library and stays where it is for as long as the matrix is used.</summary>
    /// <inheritdoc cref="Matrix{T}(T*, int, int, int)"/>
    public Matrix(Device device, T* elements, int rows, int columns, int stride)
        : this(device, elements, rows, columns, stride, false)
    {
    }

    private Matrix(Device? device, T* elements, int rows, int columns, int stride, bool isTransposed)
    {
        Elements = elements;
        (Device, Rows, Columns, Stride, IsTransposed) = (device, rows, columns, stride, isTransposed);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The same elements with rows as columns.</summary>
    public Matrix<T> Transposed => new(Device, Elements, Columns, Rows, Stride, !IsTransposed);

    /// <summary>Where the memory is; null for the host.</summary>
    internal Device? Device { get; }

    internal T* Elements { get; }

    /// <summary>Elements from the start of one row in memory to the next.</summary>
    internal int Stride { get; }

    /// <summary>Whether what lies in memory row after row are the columns.</summary>
    internal bool IsTransposed { get; }

    /// <summary>An element; of matrices of the host only.</summary>
    public ref T this[int row, int column] => ref *At(row, column);

    /// <summary>The elements of a row; of matrices of the host that are no transposes.</summary>
    public Span<T> Row(int row) => IsTransposed
        ? throw new InvalidOperationException("the rows of a transpose do not lie side by side")
        : new(At(row, 0), Columns);

    /// <summary>Whether both are the same elements of the same memory.</summary>
    public bool IsSameAs(Matrix<T> other) =>
        Device == other.Device && Elements == other.Elements && (Rows, Columns, Stride, IsTransposed) == (other.Rows, other.Columns, other.Stride, other.IsTransposed);

    /// <summary>The same elements, which lie without gaps, in rows of another length.</summary>
    public Matrix<T> Reshaped(int rows, int columns) => IsTransposed || (Stride != Columns && Rows > 1) || (long)rows * columns != (long)Rows * Columns
        ? throw new ArgumentException($"a matrix of {Rows} × {Columns} with rows {Stride} apart cannot be read as {rows} × {columns}")
        : new(Device, Elements, rows, columns, columns, false);

    /// <summary>A part of the matrix.</summary>
    public Matrix<T> Block(int row, int column, int rows, int columns)
    {
        if (row < 0 || column < 0 || rows < 0 || columns < 0 || row + rows > Rows || column + columns > Columns)
        {
            throw new ArgumentException($"a block of {rows} × {columns} at ({row}, {column}) is no part of a matrix of {Rows} × {Columns}");
        }
        return new(Device, At(row, column), rows, columns, Stride, IsTransposed);
    }

    internal T* At(int row, int column) => IsTransposed ? Elements + (long)column * Stride + row : Elements + (long)row * Stride + column;

    private static void RequireRoom(long length, int rows, int columns)
    {
        if ((long)rows * columns > length)
        {
            throw new ArgumentException($"a matrix of {rows} × {columns} has no room in a buffer of {length} elements");
        }
    }
}
