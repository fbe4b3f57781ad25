using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>Arrays that grow by a row at a time, in a file that is whole after every <see cref="Flush"/>: what a long computation measures while it goes.</summary>
public sealed class ArrayStream : IDisposable
{
    private const long ChunkBytes = 1 << 15;

    private readonly string path;
    private readonly Dictionary<string, GrowingArray> arrays = [];
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
            if (!arrays.TryGetValue(name, out var array))
            {
                arrays[name] = array = new(file, name, row, H5T.IEEE_F64LE, sizeof(double), ChunkBytes);
            }
            if (!array.Row.SequenceEqual(row))
            {
                throw new ArgumentException($"a row of the shape [{string.Join(", ", row)}] for {name}, expected [{string.Join(", ", array.Row.ToArray())}]");
            }
            array.Append<double>(copy);
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
        foreach (var array in arrays.Values)
        {
            array.Dispose();
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"{path} cannot be written ({error.OneLine()}); free some space or choose another folder", error);
        }
    }
}
