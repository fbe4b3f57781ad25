using Engine.IO.Hdf5;

namespace Engine.IO.H5md;

/// <summary>
/// Writes the rows of one column chunk by chunk, past the library's cache. A chunk takes its place in the file when its first row arrives, so
/// that the layout depends on the order of the rows alone and not on when the file was flushed.
/// </summary>
internal sealed unsafe class ChunkedColumn
{
    private readonly Column column;
    private readonly byte[] chunk;
    private readonly byte[]? constant;
    private readonly Hdf5Handle dataset;
    private bool dirty;

    /// <param name="file">The file.</param>
    /// <param name="column">What to write.</param>
    /// <param name="constantRow">The row of a constant column, whose chunks are deflated and written once.</param>
    public ChunkedColumn(long file, Column column, byte[]? constantRow = null)
    {
        this.column = column;
        dataset = Hdf5Handle.Of(H5D.open(file, column.Path, H5.DEFAULT), "H5Dopen");
        var bytes = checked(column.RowBytes * column.ChunkRows);
        if (constantRow is null)
        {
            chunk = GC.AllocateArray<byte>(bytes + ChunkFilter.ChecksumBytes, pinned: true);
            return;
        }
        var rows = new byte[bytes];
        for (var i = 0; i < column.ChunkRows; i++)
        {
            constantRow.CopyTo(rows, i * column.RowBytes);
        }
        chunk = constant = ChunkFilter.DeflateAndSum(rows);
    }

    public long Rows { get; private set; }

    /// <summary>The last row filled its chunk.</summary>
    public bool AtBoundary => Rows % column.ChunkRows == 0;

    /// <summary>Appends a row, or the constant one where the column has it.</summary>
    public void Append(ReadOnlySpan<byte> row)
    {
        var at = (int)(Rows % column.ChunkRows);
        Rows++;
        if (constant is not null)
        {
            dirty = true;
            if (at == 0)
            {
                Write();
            }
            return;
        }
        row.CopyTo(chunk.AsSpan(at * column.RowBytes));
        if (at == 0)
        {
            chunk.AsSpan(column.RowBytes).Clear();
            Write();
        }
        else if (AtBoundary)
        {
            Write();
        }
        else
        {
            dirty = true;
        }
    }

    /// <summary>Hands the rows of a chunk in progress to the library.</summary>
    public void Flush()
    {
        if (!dirty)
        {
            return;
        }
        if (constant is null)
        {
            Write();
        }
        else
        {
            SetExtent();
            dirty = false;
        }
    }

    public void Close() => Hdf5Exception.Check(H5D.close(dataset.Id), "H5Dclose");

    private void Write()
    {
        if (constant is null)
        {
            ChunkFilter.AppendSum(chunk);
        }
        SetExtent();
        var rank = 1 + column.Shape.Length;
        ulong* offset = stackalloc ulong[rank];
        new Span<ulong>(offset, rank).Clear();
        offset[0] = (ulong)((Rows - 1) / column.ChunkRows * column.ChunkRows);
        fixed (byte* p = chunk)
        {
            Hdf5Exception.Check(H5D.write_chunk(dataset.Id, H5.DEFAULT, 0, offset, (nuint)chunk.Length, p), "H5Dwrite_chunk");
        }
        dirty = false;
    }

    private void SetExtent()
    {
        var rank = 1 + column.Shape.Length;
        ulong* size = stackalloc ulong[rank];
        size[0] = (ulong)Rows;
        for (var i = 1; i < rank; i++)
        {
            size[i] = (ulong)column.Shape[i - 1];
        }
        Hdf5Exception.Check(H5D.set_extent(dataset.Id, size), "H5Dset_extent");
    }
}
