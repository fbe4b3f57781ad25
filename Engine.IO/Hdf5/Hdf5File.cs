using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>A file open for reading, also while another process is writing it or after that process was killed.</summary>
internal sealed unsafe class Hdf5File : IDisposable
{
    /// <summary>
    /// How often metadata with a wrong checksum are read again, because a writer may be at work on them. The pause doubles each time from a
    /// nanosecond: a millisecond at the last; the library's own 100 attempts never end.
    /// </summary>
    private const uint ReadAttempts = 20;

    private readonly string? copy;
    private long id;

    private Hdf5File(long id, string path, bool unsealed, string? copy)
    {
        this.id = id;
        this.copy = copy;
        Path = path;
        Unsealed = unsealed;
        Length = new FileInfo(path).Length;
        HeapDamage = GlobalHeap.FindDamage(path);
    }

    public long Id => id;

    public string Path { get; }

    /// <summary>The file is marked as being written: by a running process, or by one that was killed.</summary>
    public bool Unsealed { get; }

    /// <summary>The end of the file is missing.</summary>
    public bool Cut => copy is not null;

    /// <summary>
    /// What is wrong with the strings of variable length, null where nothing is. They are the one part of the format without a checksum, and the
    /// library crashes on some damage to them: then no such string may be read.
    /// </summary>
    public string? HeapDamage { get; }

    /// <summary>Bytes on disk.</summary>
    public long Length { get; }

    /// <param name="path">The file.</param>
    /// <param name="salvage">Open also a file whose end is missing; the library then reads zeros from there.</param>
    /// <exception cref="InputException">There is no such file, or its metadata cannot be read.</exception>
    public static Hdf5File OpenRead(string path, bool salvage = false)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path} is a folder; expected an HDF5 file");
        }
        if (!File.Exists(path))
        {
            throw new InputException($"file {path} does not exist; check the path");
        }
        string? copy = null;
        if (ExpectedLength(path) is { } expected && new FileInfo(path).Length is var length && length < expected)
        {
            if (!salvage)
            {
                throw new InputException($"{path} is cut short: {length} of {expected} bytes; copy it again, or where it is a trajectory, `./engine recover {path} --out NEW.h5` saves what is left");
            }
            copy = Lengthen(path, length, expected);
        }
        try
        {
            return Open(path, copy);
        }
        catch
        {
            Delete(copy);
            throw;
        }
    }

    /// <summary>The length that the superblock (version 2 or 3, at the start of the file) states, null where there is none.</summary>
    public static long? ExpectedLength(string path)
    {
        Span<byte> superblock = stackalloc byte[48];
        try
        {
            using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.Read(handle, superblock, 0) < superblock.Length
                || !superblock[..8].SequenceEqual(Hdf5Signature.Bytes)
                || superblock[8] is not (2 or 3))
            {
                return null;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read ({error.Message})", error);
        }
        return System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(superblock[28..]);
    }

    private static Hdf5File Open(string path, string? copy)
    {
        using var access = Hdf5Handle.Of(H5P.create(H5P.FILE_ACCESS), "H5Pcreate");
        H5P.set_fclose_degree(access.Id, H5P.FCLOSE_STRONG);
        H5P.set_metadata_read_attempts(access.Id, ReadAttempts);
        var file = H5F.open(copy ?? path, H5F.ACC_RDONLY, access.Id);
        if (file >= 0)
        {
            return new Hdf5File(file, path, unsealed: copy is not null, copy);
        }
        var details = H5E.Describe();
        file = H5F.open(copy ?? path, H5F.ACC_RDONLY | H5F.ACC_SWMR_READ, access.Id);
        if (file >= 0)
        {
            return new Hdf5File(file, path, unsealed: true, copy);
        }
        _ = H5E.Describe();
        var remedy = ExpectedLength(path) is null ? "name another file" : $"where it is the trajectory of a run that was cut short, `./engine recover {path} --out NEW.h5` saves what is left";
        throw new InputException($"{path} cannot be opened as an HDF5 file ({details}); {remedy}");
    }

    /// <summary>The library opens no file that is shorter than it says: a copy of full length, zeros at its end, beside the file.</summary>
    private static string Lengthen(string path, long length, long expected)
    {
        // A file is written without holes, so a length far beyond what is there is a damaged number.
        if (expected > 64 * length + (1 << 24))
        {
            throw new InputException($"{path} is damaged: it claims a length of {expected} bytes and has {length}");
        }
        var copy = path + ".lengthened";
        try
        {
            File.Copy(path, copy, overwrite: true);
            File.SetAttributes(copy, FileAttributes.Normal);
            using var handle = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.SetLength(handle, expected);
            return copy;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Delete(copy);
            throw new InputException($"{path} is cut short ({length} of {expected} bytes) and no copy to work on can be made beside it ({error.Message}); move it to a folder with space", error);
        }
    }

    private static void Delete(string? copy)
    {
        if (copy is not null)
        {
            File.Delete(copy);
        }
    }

    public bool Exists(string objectPath)
    {
        // Every step of the path must be asked for: the library fails on a missing parent.
        var at = 0;
        while (at < objectPath.Length)
        {
            var slash = objectPath.IndexOf('/', at + 1);
            at = slash < 0 ? objectPath.Length : slash;
            if (H5L.exists(id, objectPath[..at], H5.DEFAULT) <= 0)
            {
                _ = H5E.Describe();
                return false;
            }
        }
        return true;
    }

    public bool IsDataset(string objectPath)
    {
        if (!Exists(objectPath))
        {
            return false;
        }
        using var target = Hdf5Handle.Of(H5O.open(id, objectPath, H5.DEFAULT), "H5Oopen");
        return H5I.get_type(target.Id) == H5I.DATASET;
    }

    public Hdf5Dataset Dataset(string objectPath) => Hdf5Dataset.Open(id, objectPath, Length, Unsealed);

    public Hdf5Handle Open(string objectPath) => Hdf5Handle.Of(H5O.open(id, objectPath, H5.DEFAULT), "H5Oopen");

    /// <summary>Names in a group, in ordinal order.</summary>
    public string[] Links(string group)
    {
        using var opened = Open(group);
        return Links(opened.Id);
    }

    public static string[] Links(long group)
    {
        Hdf5Exception.Check(H5G.get_info(group, out var info), "H5Gget_info");
        if (info.Links > 1 << 20)
        {
            throw new Hdf5Exception("H5Gget_info", "a group has an impossible number of links");
        }
        var names = new string[info.Links];
        for (var i = 0; i < names.Length; i++)
        {
            var length = (int)Hdf5Exception.Check(
                H5L.get_name_by_idx(group, ".", H5L.INDEX_NAME, H5L.ITER_INC, (ulong)i, null, 0, H5.DEFAULT), "H5Lget_name_by_idx");
            var buffer = new byte[length + 1];
            fixed (byte* p = buffer)
            {
                Hdf5Exception.Check(
                    H5L.get_name_by_idx(group, ".", H5L.INDEX_NAME, H5L.ITER_INC, (ulong)i, p, (nuint)buffer.Length, H5.DEFAULT),
                    "H5Lget_name_by_idx");
            }
            names[i] = System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        }
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public void Dispose()
    {
        if (id > 0)
        {
            H5F.close(id);
            id = 0;
            Delete(copy);
        }
    }
}
