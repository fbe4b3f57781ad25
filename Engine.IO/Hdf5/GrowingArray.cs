namespace Engine.IO.Hdf5;

/// <summary>A dataset that grows row by row.</summary>
internal sealed unsafe class GrowingArray : IDisposable
{
    private const uint CompressionLevel = 1;

    private readonly Hdf5Handle dataset;
    private readonly long[] row;
    private readonly long type;
    private readonly long elements;
    private ulong rows;

    /// <param name="file">The file.</param>
    /// <param name="name">Name of the dataset, which is made without rows.</param>
    /// <param name="row">Shape of a row; none for numbers.</param>
    /// <param name="type">Of the elements, in the file and in memory.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    /// <param name="chunkBytes">About this many bytes are one piece of it in the file.</param>
    /// <param name="compressed">Whether pieces are packed.</param>
    public GrowingArray(long file, string name, ReadOnlySpan<long> row, long type, int elementBytes, long chunkBytes, bool compressed = false)
    {
        (this.row, this.type) = (row.ToArray(), type);
        elements = this.row.Aggregate(1L, (product, size) => product * size);
        var rank = row.Length + 1;
        ulong* size = stackalloc ulong[rank], maximum = stackalloc ulong[rank], chunk = stackalloc ulong[rank];
        for (var k = 1; k < rank; k++)
        {
            size[k] = maximum[k] = (ulong)row[k - 1];
            chunk[k] = Math.Max(1, size[k]);
        }
        (size[0], maximum[0], chunk[0]) = (0, H5S.UNLIMITED, (ulong)Math.Max(1, chunkBytes / (elementBytes * Math.Max(1, elements))));
        using var space = Hdf5Handle.Of(H5S.create_simple(rank, size, maximum), "H5Screate_simple");
        using var creation = Hdf5Creation.DatasetProperties();
        Hdf5Exception.Check(H5P.set_chunk(creation.Id, rank, chunk), "H5Pset_chunk");
        if (compressed)
        {
            // Bytes of one place in the numbers come together, which pack better than whole numbers.
            Hdf5Exception.Check(H5P.set_shuffle(creation.Id), "H5Pset_shuffle");
            Hdf5Exception.Check(H5P.set_deflate(creation.Id, CompressionLevel), "H5Pset_deflate");
        }
        dataset = Hdf5Handle.Of(H5D.create(file, name, type, space.Id, H5.DEFAULT, creation.Id, H5.DEFAULT), "H5Dcreate");
    }

    /// <summary>Appends rows.</summary>
    /// <param name="values">One after the other.</param>
    public void Append<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var count = elements == 0 ? 0 : (ulong)(values.Length / elements);
        if (count == 0)
        {
            return;
        }
        var rank = row.Length + 1;
        ulong* size = stackalloc ulong[rank], start = stackalloc ulong[rank];
        for (var k = 1; k < rank; k++)
        {
            (size[k], start[k]) = ((ulong)row[k - 1], 0);
        }
        (size[0], start[0]) = (rows + count, rows);
        rows += count;
        Hdf5Exception.Check(H5D.set_extent(dataset.Id, size), "H5Dset_extent");
        size[0] = count;
        using var place = Hdf5Handle.Of(H5D.get_space(dataset.Id), "H5Dget_space");
        Hdf5Exception.Check(H5S.select_hyperslab(place.Id, H5S.SELECT_SET, start, null, size, null), "H5Sselect_hyperslab");
        using var memory = Hdf5Handle.Of(H5S.create_simple(rank, size, null), "H5Screate_simple");
        fixed (T* p = values)
        {
            Hdf5Exception.Check(H5D.write(dataset.Id, type, memory.Id, place.Id, H5.DEFAULT, p), "H5Dwrite");
        }
    }

    public void Dispose() => dataset.Dispose();
}
