using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.IO.Hdf5;

/// <summary>Reads and writes attributes.</summary>
internal static unsafe class Hdf5Attributes
{
    [ThreadStatic]
    private static List<string>? visited;

    /// <summary>Writes a string of fixed length, which a checksum protects.</summary>
    public static void Write(long target, string name, string value) => WriteFixed(target, name, [value], scalar: true);

    /// <inheritdoc cref="Write(long, string, string)"/>
    public static void Write(long target, string name, ReadOnlySpan<string> values) => WriteFixed(target, name, values, scalar: false);

    /// <summary>Writes a string of variable length: what h5py returns as text and not as bytes.</summary>
    public static void WriteVariable(long target, string name, string value)
    {
        using var space = Hdf5Handle.Of(H5S.create(H5S.SCALAR), "H5Screate");
        using var type = StringType(H5T.VARIABLE);
        using var attribute = Hdf5Handle.Of(H5A.create(target, name, type.Id, space.Id, H5.DEFAULT, H5.DEFAULT), "H5Acreate");
        fixed (byte* text = Encoding.UTF8.GetBytes(value + '\0'))
        {
            var pointer = text;
            Hdf5Exception.Check(H5A.write(attribute.Id, type.Id, &pointer), "H5Awrite");
        }
    }

    public static void Write(long target, string name, int value)
    {
        using var space = Hdf5Handle.Of(H5S.create(H5S.SCALAR), "H5Screate");
        WriteInts(target, name, space.Id, [value]);
    }

    public static void Write(long target, string name, ReadOnlySpan<int> values)
    {
        var size = (ulong)values.Length;
        using var space = Hdf5Handle.Of(H5S.create_simple(1, &size, null), "H5Screate_simple");
        WriteInts(target, name, space.Id, values);
    }

    /// <summary>Names of the attributes of an object in ordinal order.</summary>
    public static string[] Names(long target)
    {
        visited = [];
        ulong n = 0;
        Hdf5Exception.Check(H5A.iterate(target, H5L.INDEX_NAME, H5L.ITER_INC, ref n, &Visit, null), "H5Aiterate");
        var names = visited.ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>The strings in an attribute, null where it is absent or holds something else.</summary>
    public static string[]? ReadStrings(long target, string name)
    {
        if (Hdf5Exception.Check(H5A.exists(target, name), "H5Aexists") == 0)
        {
            return null;
        }
        using var attribute = Hdf5Handle.Of(H5A.open(target, name, H5.DEFAULT), "H5Aopen");
        using var type = Hdf5Handle.Of(H5A.get_type(attribute.Id), "H5Aget_type");
        if (H5T.get_class(type.Id) != H5T.STRING)
        {
            return null;
        }
        using var space = Hdf5Handle.Of(H5A.get_space(attribute.Id), "H5Aget_space");
        var id = attribute.Id;
        return Strings(type.Id, space.Id, buffer => H5A.read(id, type.Id, (void*)buffer));
    }

    public static string? ReadString(long target, string name) => ReadStrings(target, name) is [var first, ..] ? first : null;

    /// <summary>The numbers in an attribute, null where it is absent or holds something else.</summary>
    public static double[]? ReadNumbers(long target, string name)
    {
        if (Hdf5Exception.Check(H5A.exists(target, name), "H5Aexists") == 0)
        {
            return null;
        }
        using var attribute = Hdf5Handle.Of(H5A.open(target, name, H5.DEFAULT), "H5Aopen");
        using var type = Hdf5Handle.Of(H5A.get_type(attribute.Id), "H5Aget_type");
        if (H5T.get_class(type.Id) is not (H5T.INTEGER or H5T.FLOAT or H5T.ENUM))
        {
            return null;
        }
        using var space = Hdf5Handle.Of(H5A.get_space(attribute.Id), "H5Aget_space");
        var values = new double[Elements(space.Id)];
        fixed (double* p = values)
        {
            Hdf5Exception.Check(H5A.read(attribute.Id, H5T.IEEE_F64LE, p), "H5Aread");
        }
        return values;
    }

    /// <summary>Number of elements of a dataspace; 1 for a scalar.</summary>
    /// <exception cref="Hdf5Exception">More than 2³¹ elements.</exception>
    public static int Elements(long space)
    {
        var total = 1L;
        foreach (var size in Size(space))
        {
            if (size > int.MaxValue || (total *= (long)size) > int.MaxValue)
            {
                throw new Hdf5Exception("H5Sget_simple_extent_dims", "an extent is impossibly large");
            }
        }
        return (int)total;
    }

    public static ulong[] Size(long space)
    {
        var rank = (int)Hdf5Exception.Check(H5S.get_simple_extent_ndims(space), "H5Sget_simple_extent_ndims");
        var size = new ulong[rank];
        fixed (ulong* p = size)
        {
            Hdf5Exception.Check(H5S.get_simple_extent_dims(space, p, null), "H5Sget_simple_extent_dims");
        }
        return size;
    }

    /// <summary>Reads strings of fixed or variable length through <paramref name="read"/>, which fills a buffer and returns a status.</summary>
    public static string[] Strings(long type, long space, Func<nint, int> read)
    {
        var values = new string[Elements(space)];
        var variable = H5T.is_variable_str(type) > 0;
        var size = variable ? sizeof(nint) : checked((int)H5T.get_size(type));
        var buffer = new byte[checked(values.Length * size)];
        fixed (byte* p = buffer)
        {
            if (values.Length == 0)
            {
                return values;
            }
            Hdf5Exception.Check(read((nint)p), "H5read");
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = variable
                    ? Marshal.PtrToStringUTF8(((nint*)p)[i]) ?? ""
                    : Encoding.UTF8.GetString(buffer, i * size, size).TrimEnd('\0', ' ');
            }
            if (variable)
            {
                H5D.vlen_reclaim(type, space, H5.DEFAULT, p);
            }
        }
        return values;
    }

    private static void WriteInts(long target, string name, long space, ReadOnlySpan<int> values)
    {
        using var attribute = Hdf5Handle.Of(H5A.create(target, name, H5T.STD_I32LE, space, H5.DEFAULT, H5.DEFAULT), "H5Acreate");
        fixed (int* p = values)
        {
            Hdf5Exception.Check(H5A.write(attribute.Id, H5T.STD_I32LE, p), "H5Awrite");
        }
    }

    private static void WriteFixed(long target, string name, ReadOnlySpan<string> values, bool scalar)
    {
        var count = (ulong)values.Length;
        var size = 1;
        foreach (var value in values)
        {
            size = Math.Max(size, Encoding.UTF8.GetByteCount(value) + 1);
        }
        using var space = Hdf5Handle.Of(scalar ? H5S.create(H5S.SCALAR) : H5S.create_simple(1, &count, null), "H5Screate");
        using var type = StringType((nuint)size);
        using var attribute = Hdf5Handle.Of(H5A.create(target, name, type.Id, space.Id, H5.DEFAULT, H5.DEFAULT), "H5Acreate");
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            Encoding.UTF8.GetBytes(values[i], bytes.AsSpan(i * size));
        }
        fixed (byte* p = bytes)
        {
            Hdf5Exception.Check(H5A.write(attribute.Id, type.Id, p), "H5Awrite");
        }
    }

    private static Hdf5Handle StringType(nuint size)
    {
        var type = Hdf5Handle.Of(H5T.copy(H5T.C_S1), "H5Tcopy");
        H5T.set_size(type.Id, size);
        H5T.set_cset(type.Id, H5T.CSET_UTF8);
        return type;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Visit(long location, byte* name, void* info, void* data)
    {
        visited!.Add(Marshal.PtrToStringUTF8((nint)name) ?? "");
        return 0;
    }
}
