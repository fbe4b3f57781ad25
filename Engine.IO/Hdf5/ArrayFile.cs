using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>A file of a few arrays, written whole: it appears under its name when it is complete, and takes the place of an older one then.</summary>
public static unsafe class ArrayFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="attributes">Texts on the root.</param>
    /// <param name="doubles">Arrays by name, with their shapes.</param>
    /// <param name="integers">The same of integers.</param>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, string> attributes, IReadOnlyList<(string Name, long[] Shape, double[] Values)> doubles,
        IReadOnlyList<(string Name, long[] Shape, int[] Values)> integers)
    {
        var temporary = path + ".tmp";
        try
        {
            using (Hdf5Library.Enter())
            {
                var file = Hdf5Exception.Check(H5F.create(temporary, H5F.ACC_TRUNC, H5.DEFAULT, H5.DEFAULT), "H5Fcreate");
                try
                {
                    foreach (var (name, value) in attributes)
                    {
                        Hdf5Attributes.Write(file, name, value);
                    }
                    foreach (var (name, shape, values) in doubles)
                    {
                        Add(file, name, shape, values, H5T.IEEE_F64LE);
                    }
                    foreach (var (name, shape, values) in integers)
                    {
                        Add(file, name, shape, values, H5T.STD_I32LE);
                    }
                }
                catch
                {
                    _ = H5F.close(file);
                    throw;
                }
                // What was kept back is written now, and may not fit.
                Hdf5Exception.Check(H5F.close(file), "H5Fclose");
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is Hdf5Exception or IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"{path} cannot be written ({error.Message.ReplaceLineEndings(" ")}); free some space or choose another folder", error);
        }
    }

    private static void Add<T>(long file, string name, long[] shape, T[] values, long type)
        where T : unmanaged
    {
        var size = stackalloc ulong[shape.Length];
        for (var k = 0; k < shape.Length; k++)
        {
            size[k] = (ulong)shape[k];
        }
        using var space = Hdf5Handle.Of(H5S.create_simple(shape.Length, size, null), "H5Screate_simple");
        using var dataset = Hdf5Handle.Of(H5D.create(file, name, type, space.Id, H5.DEFAULT, H5.DEFAULT, H5.DEFAULT), "H5Dcreate");
        fixed (T* p = values)
        {
            if (values.Length > 0)
            {
                Hdf5Exception.Check(H5D.write(dataset.Id, type, H5S.ALL, H5S.ALL, H5.DEFAULT, p), "H5Dwrite");
            }
        }
    }
}
