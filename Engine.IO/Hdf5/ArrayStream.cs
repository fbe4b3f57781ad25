using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>Arrays that grow by a row at a time, in a file that is whole after every <see cref="Flush"/>: what a long computation measures while it goes.</summary>
public sealed unsafe class ArrayStream : IDisposable
{
    private const long ChunkBytes = 1 << 15;

    private readonly string path;
    private readonly Dictionary<string, (Hdf5Handle Dataset, long[] Row, ulong Rows)> arrays = [];
    private long file;

    private ArrayStream(string path, long file)
    {
        (this.path, this.file) = (path, file);
    }

    /// <summary>A new file, in the place of an older one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">Attributes of the root.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    public static ArrayStream Create(string path, IReadOnlyDictionary<string, string> texts) => Guard(path, () =>
    {
        using var library = Hdf5Library.Enter();
        var stream = new ArrayStream(path, Hdf5Exception.Check(H5F.create(path, H5F.ACC_TRUNC, H5.DEFAULT, H5.DEFAULT), "H5Fcreate"));
        foreach (var (name, value) in texts)
        {
            Hdf5Attributes.Write(stream.file, name, value);
        }
        return stream;
    });

    /// <summary>Appends a row to an array, which the first row makes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">All numbers of the row.</param>
    /// <param name="row">Shape of a row; none for a number. The same each time.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public void Append(string name, ReadOnlySpan<double> values, params long[] row)
    {
        var elements = row.Aggregate(1L, (product, size) => product * size);
        if (values.Length != elements)
        {
            throw new ArgumentException($"{values.Length} numbers for a row of {elements} of {name}", nameof(values));
        }
        var copy = values.ToArray();
        Guard(path, () =>
        {
            using var library = Hdf5Library.Enter();
            var rank = row.Length + 1;
            var (size, start) = (new ulong[rank], new ulong[rank]);
            row.CopyTo((long[])(object)size, 1);
            if (!arrays.TryGetValue(name, out var array))
            {
                arrays[name] = array = (Create(name, size, Math.Max(1, ChunkBytes / (sizeof(double) * Math.Max(1, elements)))), row, 0);
            }
            if (!array.Row.AsSpan().SequenceEqual(row))
            {
                throw new ArgumentException($"a row of the shape [{string.Join(", ", row)}] for {name}, expected [{string.Join(", ", array.Row)}]");
            }
            arrays[name] = array with { Rows = array.Rows + 1 };
            fixed (ulong* s = size, first = start)
            fixed (double* p = copy)
            {
                s[0] = array.Rows + 1;
                Hdf5Exception.Check(H5D.set_extent(array.Dataset.Id, s), "H5Dset_extent");
                (s[0], first[0]) = (1, array.Rows);
                using var place = Hdf5Handle.Of(H5D.get_space(array.Dataset.Id), "H5Dget_space");
                Hdf5Exception.Check(H5S.select_hyperslab(place.Id, H5S.SELECT_SET, first, null, s, null), "H5Sselect_hyperslab");
                using var memory = Hdf5Handle.Of(H5S.create_simple(rank, s, null), "H5Screate_simple");
                Hdf5Exception.Check(H5D.write(array.Dataset.Id, H5T.IEEE_F64LE, memory.Id, place.Id, H5.DEFAULT, p), "H5Dwrite");
            }
            return 0;
        });
    }

    /// <summary>Brings everything to the file.</summary>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public void Flush() => Guard(path, () =>
    {
        using var library = Hdf5Library.Enter();
        return Hdf5Exception.Check(H5F.flush(file, H5F.SCOPE_LOCAL), "H5Fflush");
    });

    public void Dispose()
    {
        if (file == 0)
        {
            return;
        }
        using var library = Hdf5Library.Enter();
        foreach (var (dataset, _, _) in arrays.Values)
        {
            dataset.Dispose();
        }
        _ = H5F.close(file);
        file = 0;
    }

    private static T Guard<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is Hdf5Exception or IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"{path} cannot be written ({error.Message.ReplaceLineEndings(" ")}); free some space or choose another folder", error);
        }
    }

    private Hdf5Handle Create(string name, ulong[] row, long chunkRows)
    {
        fixed (ulong* size = row, maximum = (ulong[])[H5S.UNLIMITED, .. row[1..]], chunk = (ulong[])[(ulong)chunkRows, .. row[1..].Select(n => Math.Max(1, n))])
        {
            size[0] = 0;
            using var space = Hdf5Handle.Of(H5S.create_simple(row.Length, size, maximum), "H5Screate_simple");
            using var creation = Hdf5Handle.Of(H5P.create(H5P.DATASET_CREATE), "H5Pcreate");
            Hdf5Exception.Check(H5P.set_chunk(creation.Id, row.Length, chunk), "H5Pset_chunk");
            return Hdf5Handle.Of(H5D.create(file, name, H5T.IEEE_F64LE, space.Id, H5.DEFAULT, creation.Id, H5.DEFAULT), "H5Dcreate");
        }
    }
}
