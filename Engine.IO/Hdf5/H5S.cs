using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Dataspaces.</summary>
internal static unsafe partial class H5S
{
    public const int SCALAR = 0;
    public const int SELECT_SET = 0;
    public const ulong UNLIMITED = ulong.MaxValue;

    /// <summary>The whole extent.</summary>
    public const long ALL = 0;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Screate")]
    public static partial long create(int kind);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Screate_simple")]
    public static partial long create_simple(int rank, ulong* size, ulong* maximum);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Sget_simple_extent_ndims")]
    public static partial int get_simple_extent_ndims(long space);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Sget_simple_extent_dims")]
    public static partial int get_simple_extent_dims(long space, ulong* size, ulong* maximum);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Sselect_hyperslab")]
    public static partial int select_hyperslab(long space, int operation, ulong* start, ulong* stride, ulong* count, ulong* block);
}
