using Engine.Core.Files;
using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>A file of arrays that grow row by row; it appears under its name when it is complete, and takes the place of an older one then.</summary>
public sealed unsafe class ArrayFile
{
    /// <summary>About this many bytes are one piece of an array in the file.</summary>
    private const int ChunkBytes = 1 << 17;

    private readonly long file;
    private readonly Dictionary<string, GrowingArray> arrays = [];

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
                // What was kept back is written now, and may not fit. Closing the arrays would write it, too, but nobody asks how that went.
                using var scope = Hdf5Library.Enter();
                Hdf5Exception.Check(H5F.flush(writer.file, H5F.SCOPE_LOCAL), "H5Fflush");
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
        var file = Hdf5Creation.File(path);
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
        if (!arrays.TryGetValue(name, out var array))
        {
            arrays[name] = array = new(file, name, [.. row], type, sizeof(T), ChunkBytes);
        }
        array.Append(values);
    }

    private void CloseArrays()
    {
        foreach (var array in arrays.Values)
        {
            array.Dispose();
        }
    }
}
