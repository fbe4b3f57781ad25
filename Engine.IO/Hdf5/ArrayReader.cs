using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>Reads what <see cref="ArrayStream"/> writes, also while it is written or after its writer was killed.</summary>
public sealed class ArrayReader : IDisposable
{
    private readonly Hdf5File file;
    private readonly Dictionary<string, (long[] Row, long Rows)> arrays = [];

    private ArrayReader(Hdf5File file)
    {
        this.file = file;
        Visit("");
    }

    /// <summary>Names of all arrays, with their groups.</summary>
    public IReadOnlyCollection<string> Names => arrays.Keys;

    /// <exception cref="InputException">There is no such file, or it is damaged.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    public static ArrayReader Open(string path)
    {
        using var library = Hdf5Library.Enter();
        var file = Hdf5File.OpenRead(path);
        try
        {
            return new(file);
        }
        catch (Hdf5Exception error)
        {
            file.Dispose();
            throw Damaged(path, error);
        }
    }

    /// <summary>Rows of an array.</summary>
    public long RowsOf(string name) => arrays[name].Rows;

    /// <summary>Shape of its rows; empty for numbers.</summary>
    public IReadOnlyList<long> RowOf(string name) => arrays[name].Row;

    /// <summary>An attribute; null where there is none.</summary>
    /// <param name="name">What stands before a slash is a group.</param>
    /// <exception cref="InputException">There is no such group, or the file is damaged.</exception>
    public string? Text(string name)
    {
        using var library = Hdf5Library.Enter();
        try
        {
            var slash = name.LastIndexOf('/');
            using var target = file.Open(slash < 0 ? "/" : name[..slash]);
            return Hdf5Attributes.ReadString(target.Id, name[(slash + 1)..]);
        }
        catch (Hdf5Exception error)
        {
            throw Damaged(file.Path, error);
        }
    }

    /// <summary>Some rows, one after another.</summary>
    /// <param name="name">The array.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">Rows; null: all from there.</param>
    /// <exception cref="InputException">The file is damaged.</exception>
    public double[] Read(string name, long start = 0, long? count = null)
    {
        using var library = Hdf5Library.Enter();
        try
        {
            using var dataset = file.Dataset(name);
            return dataset.ReadDoubles(start, count ?? arrays[name].Rows - start);
        }
        catch (Hdf5Exception error)
        {
            throw Damaged(file.Path, error);
        }
    }

    public void Dispose()
    {
        using var library = Hdf5Library.Enter();
        file.Dispose();
    }

    private static InputException Damaged(string path, Hdf5Exception error) => new($"{path} cannot be read ({error.OneLine()}); expected a file that engine wrote", error);

    private void Visit(string group)
    {
        foreach (var link in file.Links(group.Length == 0 ? "/" : group))
        {
            var name = group.Length == 0 ? link : $"{group}/{link}";
            if (!file.IsDataset(name))
            {
                Visit(name);
                continue;
            }
            using var dataset = file.Dataset(name);
            arrays[name] = ([.. dataset.Size.Skip(1).Select(n => (long)n)], dataset.Rows);
        }
    }
}
