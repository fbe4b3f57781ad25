using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>
/// The two identities of an HDF5 file, both SHA-256 in lower-case hexadecimal. <see cref="Bytes"/> names the file; <see cref="Logical"/> names
/// what it says, whatever chunks, filters, format version or free space it says it with.
/// </summary>
/// <remarks>
/// The logical identity is a Merkle tree over the objects by path. H is SHA-256, text is UTF-8 preceded by its length, numbers are int64, all
/// little-endian:
/// <list type="bullet">
/// <item>file = object("/")</item>
/// <item>group = H("group", path, attributes, then for each member in ordinal order of name: name, object(member))</item>
/// <item>dataset = H("dataset", path, type, rank, extents, attributes, then H(block) of each block of 2²⁰ bytes of the data in row-major order)</item>
/// <item>attributes = for each in ordinal order of name: name, type, rank, extents, data; preceded by their number</item>
/// <item>type = f4, f8, i1 … i8, u1 … u8 (enumerations as their integers), str (of any length and padding; data are texts), ref (without data,
/// which are file addresses), raw followed by the size for anything else</item>
/// </list>
/// A hard link counts as one more copy of its object under its own path.
/// </remarks>
public static unsafe class TrajectoryId
{
    private const int BlockBytes = 1 << 20;
    private const int MaximumDepth = 32;

    /// <summary>SHA-256 of the file.</summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static string Bytes(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BlockBytes);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read ({error.Message})", error);
        }
    }

    /// <summary>The logical identity.</summary>
    /// <exception cref="InputException">The file is not HDF5 or damaged: damaged data have no identity.</exception>
    public static string Logical(string path)
    {
        using (Hdf5Library.Enter())
        {
            using var file = Hdf5File.OpenRead(path);
            if (file.HeapDamage is { } heap)
            {
                throw new InputException($"{path} is damaged and has no logical identity: {heap}");
            }
            try
            {
                return Convert.ToHexStringLower(OfObject(file, "/", 0));
            }
            catch (Exception error) when (error is Hdf5Exception or OverflowException)
            {
                throw new InputException($"{path} is damaged and has no logical identity ({error.Message}); `engine verify {path}` names the damage", error);
            }
        }
    }

    private static byte[] OfObject(Hdf5File file, string path, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new Hdf5Exception("H5Oopen", $"groups are nested deeper than {MaximumDepth}");
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = file.Open(path);
        switch (H5I.get_type(target.Id))
        {
            case H5I.GROUP:
                Text(hash, "group");
                Text(hash, path);
                Attributes(hash, target.Id);
                foreach (var name in Hdf5File.Links(target.Id))
                {
                    var member = (path == "/" ? "" : path) + "/" + name;
                    Text(hash, name);
                    hash.AppendData(OfObject(file, member, depth + 1));
                }
                break;
            case H5I.DATASET:
                Text(hash, "dataset");
                Text(hash, path);
                Data(hash, file, path, target.Id);
                break;
            default:
                Text(hash, "type");
                Text(hash, path);
                break;
        }
        return hash.GetHashAndReset();
    }

    private static void Data(IncrementalHash hash, Hdf5File file, string path, long id)
    {
        using var type = Hdf5Handle.Of(H5D.get_type(id), "H5Dget_type");
        using var space = Hdf5Handle.Of(H5D.get_space(id), "H5Dget_space");
        var name = Shape(hash, type.Id, space.Id);
        Attributes(hash, id);
        if (name == "ref")
        {
            return;
        }
        using var blocks = new BlockHash(hash);
        if (name == "str")
        {
            var typeId = type.Id;
            foreach (var text in Hdf5Attributes.Strings(type.Id, space.Id, p => H5D.read(id, typeId, H5S.ALL, H5S.ALL, H5.DEFAULT, (void*)p)))
            {
                blocks.Append(Sized(text));
            }
            return;
        }
        using var dataset = file.Dataset(path);
        using var memory = MemoryType(type.Id);
        var step = dataset.Chunk is [var chunkRows, ..] ? (long)chunkRows : Math.Max(1, BlockBytes / Math.Max(1, dataset.RowBytes));
        step = Math.Min(step, dataset.Rows);
        var buffer = new byte[checked(step * dataset.RowBytes)];
        for (var row = 0L; row < dataset.Rows; row += step)
        {
            var count = Math.Min(step, dataset.Rows - row);
            fixed (byte* p = buffer)
            {
                dataset.ReadRows(row, count, memory.Id, p);
            }
            blocks.Append(buffer.AsSpan(0, (int)(count * dataset.RowBytes)));
        }
    }

    private static void Attributes(IncrementalHash hash, long target)
    {
        var names = Hdf5Attributes.Names(target);
        Number(hash, names.Length);
        foreach (var name in names)
        {
            Text(hash, name);
            using var attribute = Hdf5Handle.Of(H5A.open(target, name, H5.DEFAULT), "H5Aopen");
            using var type = Hdf5Handle.Of(H5A.get_type(attribute.Id), "H5Aget_type");
            using var space = Hdf5Handle.Of(H5A.get_space(attribute.Id), "H5Aget_space");
            long id = attribute.Id, typeId = type.Id;
            switch (Shape(hash, type.Id, space.Id))
            {
                case "ref":
                    break;
                case "str":
                    foreach (var text in Hdf5Attributes.Strings(type.Id, space.Id, p => H5A.read(id, typeId, (void*)p)))
                    {
                        Text(hash, text);
                    }
                    break;
                default:
                    using (var memory = MemoryType(type.Id))
                    {
                        var buffer = new byte[checked(Hdf5Attributes.Elements(space.Id) * (int)H5T.get_size(type.Id))];
                        fixed (byte* p = buffer)
                        {
                            Hdf5Exception.Check(H5A.read(attribute.Id, memory.Id, p), "H5Aread");
                        }
                        hash.AppendData(buffer);
                    }
                    break;
            }
        }
    }

    private static string Shape(IncrementalHash hash, long type, long space)
    {
        var size = (long)H5T.get_size(type);
        var name = H5T.get_class(type) switch
        {
            H5T.FLOAT => $"f{size}",
            H5T.INTEGER => (H5T.get_sign(type) == 0 ? "u" : "i") + size,
            H5T.ENUM => OfEnumeration(type),
            H5T.STRING => "str",
            H5T.REFERENCE => "ref",
            _ => $"raw{size}",
        };
        Text(hash, name);
        var extents = Hdf5Attributes.Size(space);
        Number(hash, extents.Length);
        foreach (var extent in extents)
        {
            Number(hash, (long)extent);
        }
        return name;
    }

    private static string OfEnumeration(long type)
    {
        using var integer = Hdf5Handle.Of(H5T.get_super(type), "H5Tget_super");
        return (H5T.get_sign(integer.Id) == 0 ? "u" : "i") + H5T.get_size(integer.Id);
    }

    /// <summary>The type itself with little-endian bytes.</summary>
    private static Hdf5Handle MemoryType(long type)
    {
        var copy = Hdf5Handle.Of(H5T.copy(type), "H5Tcopy");
        if (H5T.get_class(type) is H5T.INTEGER or H5T.FLOAT)
        {
            H5T.set_order(copy.Id, H5T.ORDER_LE);
        }
        return copy;
    }

    private static byte[] Sized(string text)
    {
        var bytes = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - sizeof(long));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(sizeof(long)));
        return bytes;
    }

    private static void Text(IncrementalHash hash, string text) => hash.AppendData(Sized(text));

    private static void Number(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    /// <summary>Cuts a stream of bytes into blocks and appends the hash of each to its parent.</summary>
    private sealed class BlockHash(IncrementalHash parent) : IDisposable
    {
        private readonly IncrementalHash block = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private int filled;

        public void Append(ReadOnlySpan<byte> data)
        {
            while (data.Length > 0)
            {
                var part = data[..Math.Min(data.Length, BlockBytes - filled)];
                block.AppendData(part);
                data = data[part.Length..];
                filled += part.Length;
                if (filled == BlockBytes)
                {
                    parent.AppendData(block.GetHashAndReset());
                    filled = 0;
                }
            }
        }

        public void Dispose()
        {
            if (filled > 0)
            {
                parent.AppendData(block.GetHashAndReset());
            }
            block.Dispose();
        }
    }
}
