using Engine.Core.Files;
using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>A file of arrays that grow row by row; it appears under its name when it is complete, and takes the place of an older one then.</summary>
public sealed unsafe class ArrayFile
{
    /// <summary>About this many bytes are one piece of an array in the file.</summary>
    private const int ChunkBytes = 1 << 17;

    private readonly long file;
    private readonly Dictionary<string, Growing> arrays = [];

    private ArrayFile(long file)
    {
        this.file = file;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="attributes">Texts on the root.</param>
    /// <param name="fill">Appends all there is.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, string> attributes, Action<ArrayFile> fill) =>
        WholeFile.Write(path, temporary =>
        {
            var writer = Create(temporary, attributes);
            try
            {
                fill(writer);
            }
            catch
            {
                using var closing = Hdf5Library.Enter();
                writer.CloseArrays();
                _ = H5F.close(writer.file);
                throw;
            }
            using var last = Hdf5Library.Enter();
            writer.CloseArrays();
            // What was kept back is written now, and may not fit.
            Hdf5Exception.Check(H5F.close(writer.file), "H5Fclose");
        });

    /// <summary>Appends rows to an array, which is made by the first call, also one without rows.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Rows, one after the other.</param>
    /// <param name="row">Shape of a row; none for numbers. The same in each call.</param>
    public void Append(string name, ReadOnlySpan<double> values, params ReadOnlySpan<int> row) => Append(name, values, row, H5T.IEEE_F64LE);

    /// <inheritdoc cref="Append(string, ReadOnlySpan{double}, ReadOnlySpan{int})"/>
    public void Append(string name, ReadOnlySpan<int> values, params ReadOnlySpan<int> row) => Append(name, values, row, H5T.STD_I32LE);

    private static ArrayFile Create(string path, IReadOnlyDictionary<string, string> attributes)
    {
        using var scope = Hdf5Library.Enter();
        var file = Hdf5Exception.Check(H5F.create(path, H5F.ACC_TRUNC, H5.DEFAULT, H5.DEFAULT), "H5Fcreate");
        try
        {
            foreach (var (name, value) in attributes)
            {
                Hdf5Attributes.Write(file, name, value);
            }
        }
        catch
        {
            _ = H5F.close(file);
            throw;
        }
        return new(file);
    }

    private void Append<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<int> row, long type)
        where T : unmanaged
    {
        using var scope = Hdf5Library.Enter();
        var rank = row.Length + 1;
        var elements = 1L;
        var size = stackalloc ulong[rank];
        for (var k = 1; k < rank; k++)
        {
            size[k] = (ulong)row[k - 1];
            elements *= row[k - 1];
        }
        if (!arrays.TryGetValue(name, out var array))
        {
            arrays[name] = array = new(Create(name, size, rank, Math.Max(1, ChunkBytes / (sizeof(T) * elements)), type));
        }
        var count = (ulong)(values.Length / elements);
        if (count == 0)
        {
            return;
        }
        var start = stackalloc ulong[rank];
        new Span<ulong>(start, rank).Clear();
        start[0] = array.Rows;
        array.Rows += count;
        size[0] = array.Rows;
        Hdf5Exception.Check(H5D.set_extent(array.Dataset.Id, size), "H5Dset_extent");
        size[0] = count;
        using var place = Hdf5Handle.Of(H5D.get_space(array.Dataset.Id), "H5Dget_space");
        Hdf5Exception.Check(H5S.select_hyperslab(place.Id, H5S.SELECT_SET, start, null, size, null), "H5Sselect_hyperslab");
        using var memory = Hdf5Handle.Of(H5S.create_simple(rank, size, null), "H5Screate_simple");
        fixed (T* p = values)
        {
            Hdf5Exception.Check(H5D.write(array.Dataset.Id, type, memory.Id, place.Id, H5.DEFAULT, p), "H5Dwrite");
        }
    }

    private Hdf5Handle Create(string name, ulong* size, int rank, long chunkRows, long type)
    {
        var maximum = stackalloc ulong[rank];
        var chunk = stackalloc ulong[rank];
        for (var k = 1; k < rank; k++)
        {
            maximum[k] = chunk[k] = size[k];
        }
        (size[0], maximum[0], chunk[0]) = (0, H5S.UNLIMITED, (ulong)chunkRows);
        using var space = Hdf5Handle.Of(H5S.create_simple(rank, size, maximum), "H5Screate_simple");
        using var creation = Hdf5Handle.Of(H5P.create(H5P.DATASET_CREATE), "H5Pcreate");
        Hdf5Exception.Check(H5P.set_chunk(creation.Id, rank, chunk), "H5Pset_chunk");
        return Hdf5Handle.Of(H5D.create(file, name, type, space.Id, H5.DEFAULT, creation.Id, H5.DEFAULT), "H5Dcreate");
    }

    private void CloseArrays()
    {
        foreach (var array in arrays.Values)
        {
            array.Dataset.Dispose();
        }
    }

    private sealed class Growing(Hdf5Handle dataset)
    {
        public Hdf5Handle Dataset { get; } = dataset;

        public ulong Rows { get; set; }
    }
}
