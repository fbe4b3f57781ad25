using System.Text;
using Engine.Core.Files;
using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>Named arrays and texts that are written and read back whole, bit for bit: states to go on from. A file appears under its name when it is complete.</summary>
public sealed unsafe class ArrayArchive
{
    private const string TextPrefix = "text.";

    /// <summary>Texts by name.</summary>
    public Dictionary<string, string> Texts { get; init; } = [];

    /// <summary>Arrays of double, float, long or int by name, with their shapes.</summary>
    public Dictionary<string, (long[] Shape, Array Values)> Arrays { get; init; } = [];

    /// <summary>Writes a file, in the place of an older one.</summary>
    /// <exception cref="RunFailedException">The file cannot be written; an older one is untouched.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    public void Write(string path) => WholeFile.Write(path, temporary =>
    {
        using var library = Hdf5Library.Enter();
        var file = Hdf5Creation.File(temporary);
        try
        {
            foreach (var (name, (shape, values)) in Arrays)
            {
                Add(file, name, shape, values);
            }
            foreach (var (name, text) in Texts)
            {
                // As bytes: an attribute has no room for a long text.
                var bytes = Encoding.UTF8.GetBytes(text);
                Add(file, TextPrefix + name, [bytes.Length], bytes);
            }
        }
        catch
        {
            _ = H5F.close(file);
            throw;
        }
        // What was kept back is written now, and may not fit.
        Hdf5Exception.Check(H5F.close(file), "H5Fclose");
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">There is none, or it is damaged or no such file.</exception>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    public static ArrayArchive Read(string path)
    {
        var archive = new ArrayArchive();
        using var library = Hdf5Library.Enter();
        using var file = Hdf5File.OpenRead(path);
        try
        {
            foreach (var name in Hdf5File.Links(file.Id))
            {
                using var dataset = Hdf5Dataset.Open(file.Id, name, file.Length, cut: false);
                long[] shape = [.. dataset.Size.Select(n => (long)n)];
                if (name.StartsWith(TextPrefix, StringComparison.Ordinal))
                {
                    archive.Texts[name[TextPrefix.Length..]] = Encoding.UTF8.GetString((byte[])Load<byte>(dataset, shape, H5T.STD_U8LE));
                    continue;
                }
                archive.Arrays[name] = (shape, (dataset.Class, dataset.ElementBytes) switch
                {
                    (H5T.FLOAT, 8) => Load<double>(dataset, shape, H5T.IEEE_F64LE),
                    (H5T.FLOAT, 4) => Load<float>(dataset, shape, H5T.IEEE_F32LE),
                    (H5T.INTEGER, 8) => Load<long>(dataset, shape, H5T.STD_I64LE),
                    (H5T.INTEGER, 4) => Load<int>(dataset, shape, H5T.STD_I32LE),
                    _ => throw new InputException($"{path}: {name} holds elements of another kind than numbers of 4 or 8 bytes; expected a file that engine wrote"),
                });
            }
        }
        catch (Hdf5Exception error)
        {
            throw new InputException($"{path} cannot be read ({error.OneLine()}); expected a file that engine wrote", error);
        }
        return archive;
    }

    private static Array Load<T>(Hdf5Dataset dataset, long[] shape, long type)
        where T : unmanaged
    {
        var values = new T[shape.Aggregate(1L, (product, size) => checked(product * size))];
        fixed (T* p = values)
        {
            if (values.Length > 0)
            {
                dataset.ReadRows(0, dataset.Rows, type, p);
            }
        }
        return values;
    }

    private static void Add(long file, string name, long[] shape, Array values)
    {
        var size = stackalloc ulong[shape.Length];
        for (var k = 0; k < shape.Length; k++)
        {
            size[k] = (ulong)shape[k];
        }
        var type = values switch
        {
            double[] => H5T.IEEE_F64LE,
            float[] => H5T.IEEE_F32LE,
            long[] => H5T.STD_I64LE,
            int[] => H5T.STD_I32LE,
            byte[] => H5T.STD_U8LE,
            _ => throw new ArgumentException($"{name}: an array of {values.GetType().GetElementType()}, expected double, float, long or int"),
        };
        using var space = Hdf5Handle.Of(shape.Length == 0 ? H5S.create(H5S.SCALAR) : H5S.create_simple(shape.Length, size, null), "H5Screate");
        using var properties = Hdf5Creation.DatasetProperties();
        using var dataset = Hdf5Handle.Of(H5D.create(file, name, type, space.Id, H5.DEFAULT, properties.Id, H5.DEFAULT), "H5Dcreate");
        if (values.Length > 0)
        {
            var pin = System.Runtime.InteropServices.GCHandle.Alloc(values, System.Runtime.InteropServices.GCHandleType.Pinned);
            try
            {
                Hdf5Exception.Check(H5D.write(dataset.Id, type, H5S.ALL, H5S.ALL, H5.DEFAULT, (void*)pin.AddrOfPinnedObject()), "H5Dwrite");
                // What was kept back is written now, and may not fit. Closing the array would write it, too, but nobody asks how that went.
                Hdf5Exception.Check(H5F.flush(dataset.Id, H5F.SCOPE_LOCAL), "H5Fflush");
            }
            finally
            {
                pin.Free();
            }
        }
    }
}
