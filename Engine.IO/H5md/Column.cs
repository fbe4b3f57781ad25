using Engine.IO.Hdf5;

namespace Engine.IO.H5md;

/// <summary>A dataset that grows by one row per record.</summary>
/// <param name="Path">Path of the dataset.</param>
/// <param name="Type">Element type in file and record.</param>
/// <param name="Shape">Shape of a row, empty for a number.</param>
/// <param name="ChunkRows">Rows per chunk.</param>
internal sealed record Column(string Path, ElementType Type, int[] Shape, int ChunkRows)
{
    /// <summary>About this many bytes make a chunk of a column with short rows.</summary>
    private const int SmallChunkBytes = 8192;

    public int RowBytes { get; } = Shape.Aggregate(Type.Bytes(), (bytes, n) => checked(bytes * n));

    /// <summary>A column whose rows are a few numbers.</summary>
    public static Column Small(string path, ElementType type, params int[] shape)
    {
        var row = shape.Aggregate(type.Bytes(), (bytes, n) => bytes * n);
        return new Column(path, type, shape, Math.Max(1, SmallChunkBytes / row));
    }
}

/// <summary>Columns that grow together. A record holds one row of each in order; the first two are step (int64) and time (double).</summary>
/// <param name="Columns">The columns in record order.</param>
/// <param name="Constant">A column with the same row in every record, which records do not carry; null where there is none.</param>
internal sealed record StreamLayout(Column[] Columns, Column? Constant = null)
{
    public const int Step = 0;
    public const int Time = 1;

    public int RecordBytes { get; } = Columns.Sum(column => column.RowBytes);
}
