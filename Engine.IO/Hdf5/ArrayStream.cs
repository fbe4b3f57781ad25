using Engine.Core.Files;
using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>
/// Arrays that grow by a row at a time: what a long computation measures while it goes. The file can be read at any moment by <see cref="ArrayReader"/> or h5py with swmr=True, also after
/// this process was killed: what came after the last <see cref="Flush"/> may be missing then.
/// </summary>
public sealed class ArrayStream : IDisposable
{
    private const long ChunkBytes = 1 << 15;

    private const string Remedy = "free some space or choose another folder";

    /// <summary>Numbers that are copied at once.</summary>
    private const long CopiedElements = 1 << 20;

    private readonly string path;
    private readonly Dictionary<string, (ArrayLayout Layout, GrowingArray Array)> arrays = [];
    private long file;

    private ArrayStream(string path)
    {
        this.path = path;
    }

    /// <summary>A new file, in the place of an older one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">Attributes by name; what stands before a slash is a group, else they are of the root.</param>
    /// <param name="layouts">All arrays that the file will have.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    public static ArrayStream Create(string path, IReadOnlyDictionary<string, string> texts, IReadOnlyList<ArrayLayout> layouts) =>
        Begin(path, texts, layouts, static (_, _) => { });

    /// <summary>Goes on with a file whose last rows do not count; it is then as if they had never been written.</summary>
    /// <param name="path">The file, which is replaced when all rows that count were copied.</param>
    /// <param name="texts">As for <see cref="Create"/>.</param>
    /// <param name="layouts">As for <see cref="Create"/>.</param>
    /// <param name="kept">Rows that count of each array.</param>
    /// <exception cref="InputException">There is no such file, or it has other arrays or fewer rows.</exception>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public static ArrayStream Continue(string path, IReadOnlyDictionary<string, string> texts, IReadOnlyList<ArrayLayout> layouts, Func<ArrayReader, ArrayLayout, long> kept)
    {
        using var before = ArrayReader.Open(path);
        return Begin(path, texts, layouts, (layout, array) =>
        {
            var rows = kept(before, layout);
            if (!before.Names.Contains(layout.Name) || !before.RowOf(layout.Name).SequenceEqual(layout.Row) || before.RowsOf(layout.Name) < rows)
            {
                throw new InputException($"{path}: {layout.Name} is missing, has another shape than [rows, {string.Join(", ", layout.Row)}] or fewer than {rows} rows; the file is damaged or of another version, start anew");
            }
            var step = Math.Max(1, CopiedElements / Math.Max(1, layout.Elements));
            for (var row = 0L; row < rows; row += step)
            {
                array.Append<double>(before.Read(layout.Name, row, Math.Min(step, rows - row)));
            }
        });
    }

    /// <summary>Appends a row to an array.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">All numbers of the row.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public void Append(string name, ReadOnlySpan<double> values)
    {
        var elements = arrays[name].Layout.Elements;
        if (values.Length != elements)
        {
            throw new ArgumentException($"{values.Length} numbers for a row of {elements} of {name}", nameof(values));
        }
        AppendRows(name, values);
    }

    /// <summary>Appends rows to an array.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">Rows, one after the other.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public void AppendRows(string name, ReadOnlySpan<double> values)
    {
        var (layout, array) = arrays[name];
        if (values.Length % Math.Max(1, layout.Elements) != 0)
        {
            throw new ArgumentException($"{values.Length} numbers for rows of {layout.Elements} of {name}", nameof(values));
        }
        try
        {
            using var library = Hdf5Library.Enter();
            array.Append(values);
        }
        catch (Exception error) when (WholeFile.IsRefusal(error))
        {
            throw WholeFile.Refused(path, error, Remedy);
        }
    }

    /// <summary>Brings everything to the file.</summary>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public void Flush()
    {
        try
        {
            using var library = Hdf5Library.Enter();
            Hdf5Exception.Check(H5F.flush(file, H5F.SCOPE_LOCAL), "H5Fflush");
        }
        catch (Exception error) when (WholeFile.IsRefusal(error))
        {
            throw WholeFile.Refused(path, error, Remedy);
        }
    }

    public void Dispose()
    {
        if (file == 0)
        {
            return;
        }
        using var library = Hdf5Library.Enter();
        foreach (var (_, array) in arrays.Values)
        {
            array.Dispose();
        }
        _ = H5F.close(file);
        file = 0;
    }

    private static ArrayStream Begin(string path, IReadOnlyDictionary<string, string> texts, IReadOnlyList<ArrayLayout> layouts, Action<ArrayLayout, GrowingArray> fill)
    {
        var stream = new ArrayStream(path);
        try
        {
            // It appears under its name with what it begins with, and stays open.
            WholeFile.Write(path, temporary => stream.Open(temporary, texts, layouts, fill), Remedy);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private void Open(string temporary, IReadOnlyDictionary<string, string> texts, IReadOnlyList<ArrayLayout> layouts, Action<ArrayLayout, GrowingArray> fill)
    {
        using var library = Hdf5Library.Enter();
        file = Hdf5Creation.File(temporary);
        foreach (var group in layouts.Select(l => l.Name).Concat(texts.Keys).Where(name => name.Contains('/')).Select(name => name[..name.LastIndexOf('/')]).Distinct())
        {
            using var made = Hdf5Creation.Group(file, group);
        }
        foreach (var (name, value) in texts)
        {
            var slash = name.LastIndexOf('/');
            using var target = Hdf5Handle.Of(H5O.open(file, slash < 0 ? "/" : name[..slash], H5.DEFAULT), "H5Oopen");
            Hdf5Attributes.Write(target.Id, name[(slash + 1)..], value);
        }
        foreach (var layout in layouts)
        {
            arrays[layout.Name] = (layout, new(file, layout.Name, [.. layout.Row], H5T.IEEE_F64LE, sizeof(double), ChunkBytes, layout.Compressed));
        }
        Hdf5Exception.Check(H5F.start_swmr_write(file), "H5Fstart_swmr_write");
        foreach (var (layout, array) in arrays.Values)
        {
            fill(layout, array);
        }
        Hdf5Exception.Check(H5F.flush(file, H5F.SCOPE_LOCAL), "H5Fflush");
    }
}
