using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Attributes.</summary>
internal static unsafe partial class H5A
{
    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Acreate2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long create(long location, string name, long type, long space, long creation, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Aopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long open(long location, string name, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Aexists", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int exists(long location, string name);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Aread")]
    public static partial int read(long attribute, long memoryType, void* buffer);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Awrite")]
    public static partial int write(long attribute, long memoryType, void* buffer);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Aget_type")]
    public static partial long get_type(long attribute);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Aget_space")]
    public static partial long get_space(long attribute);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Aiterate2")]
    public static partial int iterate(
        long location, int index, int order, ref ulong n, delegate* unmanaged[Cdecl]<long, byte*, void*, void*, int> visit, void* data);
}
