using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Datasets.</summary>
internal static unsafe partial class H5D
{
    public const int CHUNKED = 2;
    public const int FILL_TIME_NEVER = 1;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dcreate2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long create(long location, string name, long type, long space, long linkCreation, long creation, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dopen2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long open(long location, string name, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dclose")]
    public static partial int close(long dataset);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dget_space")]
    public static partial long get_space(long dataset);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dget_type")]
    public static partial long get_type(long dataset);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dget_create_plist")]
    public static partial long get_create_plist(long dataset);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dset_extent")]
    public static partial int set_extent(long dataset, ulong* size);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dread")]
    public static partial int read(long dataset, long memoryType, long memorySpace, long fileSpace, long transfer, void* buffer);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dwrite")]
    public static partial int write(long dataset, long memoryType, long memorySpace, long fileSpace, long transfer, void* buffer);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dwrite_chunk")]
    public static partial int write_chunk(long dataset, long transfer, uint filterMask, ulong* offset, nuint size, void* buffer);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dread_chunk")]
    public static partial int read_chunk(long dataset, long transfer, ulong* offset, out uint filterMask, void* buffer);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dget_chunk_storage_size")]
    public static partial int get_chunk_storage_size(long dataset, ulong* offset, out ulong bytes);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dget_chunk_info_by_coord")]
    public static partial int get_chunk_info_by_coord(long dataset, ulong* offset, out uint filterMask, out ulong address, out ulong size);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Dvlen_reclaim")]
    public static partial int vlen_reclaim(long type, long space, long transfer, void* buffer);
}
