namespace Engine.IO.Hdf5;

/// <summary>A dataset open for reading: its shape and rows (entries along the first axis), and its chunks as they lie in the file.</summary>
internal sealed unsafe class Hdf5Dataset : IDisposable
{
    /// <summary>Large enough for a few chunks of a mebibyte, so that reading row after row unpacks each chunk once.</summary>
    private const int CacheBytes = 16 << 20;

    public const string NeverWritten = "it was never written";

    private readonly Hdf5Handle handle;

    /// <summary>No filter packs better than this (deflate: 1032).</summary>
    private const long LargestRatio = 1100;

    private readonly long fileLength;
    private readonly bool cut;

    private Hdf5Dataset(Hdf5Handle handle, string path, long fileLength, bool cut)
    {
        this.handle = handle;
        this.fileLength = fileLength;
        this.cut = cut;
        Path = path;
        using (var space = Hdf5Handle.Of(H5D.get_space(handle.Id), "H5Dget_space"))
        {
            Size = Hdf5Attributes.Size(space.Id);
        }
        using (var type = Hdf5Handle.Of(H5D.get_type(handle.Id), "H5Dget_type"))
        {
            Class = H5T.get_class(type.Id);
            ElementBytes = checked((int)H5T.get_size(type.Id));
        }
        ReadLayout();
        var row = (long)ElementBytes;
        foreach (var n in Size.AsSpan(Math.Min(1, Size.Length)))
        {
            row = n > int.MaxValue || row > int.MaxValue ? long.MaxValue / 4 : row * (long)n;
        }
        if (row > int.MaxValue)
        {
            throw new Hdf5Exception("H5Dopen", $"a row of {path} is larger than 2 GiB");
        }
        RowBytes = (int)row;
    }

    public string Path { get; }

    public long Id => handle.Id;

    /// <summary>Extents, empty for a scalar.</summary>
    public ulong[] Size { get; private set; }

    /// <summary>Extents of a chunk, null where the dataset is contiguous.</summary>
    public ulong[]? Chunk { get; private set; }

    /// <summary>Filter numbers in the order in which they were applied when writing.</summary>
    public int[] Filters { get; private set; } = [];

    /// <summary>H5T class.</summary>
    public int Class { get; }

    public int ElementBytes { get; }

    /// <summary>Bytes of one row in the file's element type.</summary>
    public int RowBytes { get; }

    public long Rows => Size.Length == 0 ? 1 : (long)Math.Min(Size[0], long.MaxValue);

    public int RowElements => ElementBytes == 0 ? 0 : RowBytes / ElementBytes;

    public bool IsNumeric => Class is H5T.INTEGER or H5T.FLOAT or H5T.ENUM;

    /// <summary>Whether <see cref="TryReadChunk"/> understands the filters.</summary>
    public bool ChunksAreOurs => Chunk is not null && Array.TrueForAll(Filters, f => f is H5P.FILTER_DEFLATE or H5P.FILTER_FLETCHER32);

    /// <summary>Bytes of a whole chunk once unpacked.</summary>
    public int ChunkBytes { get; private set; }

    /// <param name="location">File or group.</param>
    /// <param name="path">Path from there.</param>
    /// <param name="fileLength">Bytes on disk.</param>
    /// <param name="cut">The file may lack its end.</param>
    public static Hdf5Dataset Open(long location, string path, long fileLength, bool cut)
    {
        using var access = Hdf5Handle.Of(H5P.create(H5P.DATASET_ACCESS), "H5Pcreate");
        H5P.set_chunk_cache(access.Id, 521, CacheBytes, 1);
        var handle = Hdf5Handle.Of(H5D.open(location, path, access.Id), "H5Dopen");
        try
        {
            return new Hdf5Dataset(handle, path, fileLength, cut);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads rows [start, start + count) as <paramref name="memoryType"/>.</summary>
    public void ReadRows(long start, long count, long memoryType, void* buffer)
    {
        if (Size.Length == 0)
        {
            Hdf5Exception.Check(H5D.read(Id, memoryType, H5S.ALL, H5S.ALL, H5.DEFAULT, buffer), "H5Dread");
            return;
        }
        if (count == 0 || RowBytes == 0)
        {
            return;
        }
        var from = new ulong[Size.Length];
        var extent = (ulong[])Size.Clone();
        from[0] = (ulong)start;
        extent[0] = (ulong)count;
        fixed (ulong* f = from, e = extent)
        {
            using var file = Hdf5Handle.Of(H5D.get_space(Id), "H5Dget_space");
            Hdf5Exception.Check(H5S.select_hyperslab(file.Id, H5S.SELECT_SET, f, null, e, null), "H5Sselect_hyperslab");
            using var memory = Hdf5Handle.Of(H5S.create_simple(Size.Length, e, null), "H5Screate_simple");
            Hdf5Exception.Check(H5D.read(Id, memoryType, memory.Id, file.Id, H5.DEFAULT, buffer), "H5Dread");
        }
    }

    /// <summary>Rows [start, start + count) as doubles.</summary>
    public double[] ReadDoubles(long start, long count) => Read<double>(start, count, H5T.IEEE_F64LE);

    /// <summary>Rows [start, start + count) as 64-bit integers.</summary>
    public long[] ReadLongs(long start, long count) => Read<long>(start, count, H5T.STD_I64LE);

    /// <summary>
    /// Reads a chunk as stored and unpacks it here, so that damage is found without the library's help.
    /// </summary>
    /// <param name="offset">First element of the chunk on each axis.</param>
    /// <param name="data">The unpacked chunk, <see cref="ChunkBytes"/> long.</param>
    /// <param name="damage">What is wrong with it.</param>
    public bool TryReadChunk(ReadOnlySpan<ulong> offset, out byte[] data, out string damage)
    {
        data = [];
        damage = "";
        fixed (ulong* o = offset)
        {
            if (H5D.get_chunk_storage_size(Id, o, out var stored) < 0)
            {
                damage = "its place in the file cannot be found: " + H5E.Describe();
                return false;
            }
            if (stored == 0)
            {
                damage = NeverWritten;
                return false;
            }
            if (stored > 2 * (ulong)ChunkBytes + 4096)
            {
                damage = $"its stored size of {stored} bytes is impossible";
                return false;
            }
            var raw = new byte[stored];
            uint mask;
            fixed (byte* p = raw)
            {
                if (H5D.read_chunk(Id, H5.DEFAULT, o, out mask, p) < 0)
                {
                    damage = "it cannot be read: " + H5E.Describe();
                    return false;
                }
            }
            // Beyond the end of a file the library reads zeros, whose checksum is right.
            if (cut && raw.AsSpan().IndexOfAnyExcept((byte)0) < 0
                && (H5D.get_chunk_info_by_coord(Id, o, out _, out var address, out var size) < 0
                    || address > (ulong)fileLength || size > (ulong)fileLength - address))
            {
                damage = "it lies beyond the end of the file";
                return false;
            }
            return Unpack(raw, mask, out data, out damage);
        }
    }

    /// <summary>
    /// The rows that an interrupted overwriting of a chunk has left intact. Writing goes from the first byte to the last, so the old checksum is
    /// still in place and proves the old rows, which were followed by zeros.
    /// </summary>
    /// <param name="offset">First element of the chunk on each axis.</param>
    /// <param name="data">The chunk with those rows.</param>
    /// <returns>Their number, 0 where nothing can be proved.</returns>
    public int ReadTornChunk(ReadOnlySpan<ulong> offset, out byte[] data)
    {
        data = [];
        if (Filters is not [H5P.FILTER_FLETCHER32] || RowBytes == 0)
        {
            return 0;
        }
        var raw = new byte[ChunkBytes + ChunkFilter.ChecksumBytes];
        fixed (ulong* o = offset)
        fixed (byte* p = raw)
        {
            if (H5D.get_chunk_storage_size(Id, o, out var stored) < 0 || stored != (ulong)raw.Length
                || H5D.read_chunk(Id, H5.DEFAULT, o, out _, p) < 0)
            {
                _ = H5E.Describe();
                return 0;
            }
        }
        if (raw.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            return 0;
        }
        for (var rows = ChunkBytes / RowBytes - 1; rows > 0; rows--)
        {
            raw.AsSpan(rows * RowBytes, RowBytes).Clear();
            if (ChunkFilter.SumIsRight(raw))
            {
                data = raw;
                return rows;
            }
        }
        return 0;
    }

    /// <summary>Place in the file of the chunk that begins with <paramref name="row"/>, the largest number where it has none.</summary>
    public ulong ChunkAddress(long row)
    {
        if (row >= Rows)
        {
            return ulong.MaxValue;
        }
        var offset = new ulong[Size.Length];
        offset[0] = (ulong)row;
        fixed (ulong* o = offset)
        {
            if (H5D.get_chunk_info_by_coord(Id, o, out _, out var address, out _) >= 0)
            {
                return address;
            }
            _ = H5E.Describe();
            return ulong.MaxValue;
        }
    }

    public void Dispose() => handle.Dispose();

    private bool Unpack(byte[] raw, uint mask, out byte[] data, out string damage)
    {
        data = raw;
        damage = "";
        var length = raw.Length;
        for (var i = Filters.Length - 1; i >= 0; i--)
        {
            if ((mask >> i & 1) != 0)
            {
                continue;
            }
            if (Filters[i] == H5P.FILTER_FLETCHER32)
            {
                if (!ChunkFilter.SumIsRight(data.AsSpan(0, length)))
                {
                    damage = "its checksum does not match";
                    return false;
                }
                length -= ChunkFilter.ChecksumBytes;
            }
            else
            {
                if (ChunkFilter.Inflate(data, length, ChunkBytes) is not { } inflated)
                {
                    damage = "it cannot be decompressed";
                    return false;
                }
                data = inflated;
                length = inflated.Length;
            }
        }
        if (length != ChunkBytes)
        {
            damage = $"it holds {length} bytes where {ChunkBytes} are expected";
            return false;
        }
        return true;
    }

    private T[] Read<T>(long start, long count, long memoryType)
        where T : unmanaged
    {
        var elements = checked(count * RowElements);
        if (elements > Array.MaxLength || (Chunk is null || Filters.Length > 0) && elements / LargestRatio > fileLength)
        {
            throw new Hdf5Exception("H5Dread", $"{Path} is too large to be read at once");
        }
        var values = new T[elements];
        fixed (T* p = values)
        {
            ReadRows(start, count, memoryType, p);
        }
        return values;
    }

    private void ReadLayout()
    {
        using var list = Hdf5Handle.Of(H5D.get_create_plist(handle.Id), "H5Dget_create_plist");
        if (H5P.get_layout(list.Id) != H5D.CHUNKED)
        {
            return;
        }
        Chunk = new ulong[Size.Length];
        fixed (ulong* p = Chunk)
        {
            Hdf5Exception.Check(H5P.get_chunk(list.Id, Chunk.Length, p), "H5Pget_chunk");
        }
        var bytes = (ulong)ElementBytes;
        foreach (var n in Chunk)
        {
            bytes = n is 0 or > int.MaxValue ? ulong.MaxValue : Math.Min(bytes, int.MaxValue) * n;
        }
        if (bytes > int.MaxValue)
        {
            throw new Hdf5Exception("H5Pget_chunk", $"the chunk size of {Path} is impossible");
        }
        ChunkBytes = (int)bytes;
        Filters = new int[Math.Max(0, H5P.get_nfilters(list.Id))];
        for (var i = 0u; i < Filters.Length; i++)
        {
            nuint values = 0;
            Filters[i] = H5P.get_filter(list.Id, i, out _, ref values, null, 0, null, out _);
        }
    }
}
