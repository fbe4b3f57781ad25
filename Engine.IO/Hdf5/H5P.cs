using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Property lists.</summary>
internal static unsafe partial class H5P
{
    public const int LIBVER_V110 = 2;
    public const int FCLOSE_STRONG = 3;
    public const int FILTER_DEFLATE = 1;
    public const int FILTER_FLETCHER32 = 3;

    public static long FILE_CREATE { get; } = Hdf5Library.Global("H5P_CLS_FILE_CREATE_ID_g");

    public static long FILE_ACCESS { get; } = Hdf5Library.Global("H5P_CLS_FILE_ACCESS_ID_g");

    public static long GROUP_CREATE { get; } = Hdf5Library.Global("H5P_CLS_GROUP_CREATE_ID_g");

    public static long DATASET_CREATE { get; } = Hdf5Library.Global("H5P_CLS_DATASET_CREATE_ID_g");

    public static long DATASET_ACCESS { get; } = Hdf5Library.Global("H5P_CLS_DATASET_ACCESS_ID_g");

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pcreate")]
    public static partial long create(long kind);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_obj_track_times")]
    public static partial int set_obj_track_times(long list, byte track);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_libver_bounds")]
    public static partial int set_libver_bounds(long list, int low, int high);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_fclose_degree")]
    public static partial int set_fclose_degree(long list, int degree);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_file_locking")]
    public static partial int set_file_locking(long list, byte locked, byte ignoredWhereDisabled);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_metadata_read_attempts")]
    public static partial int set_metadata_read_attempts(long list, uint attempts);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_meta_block_size")]
    public static partial int set_meta_block_size(long list, ulong bytes);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_small_data_block_size")]
    public static partial int set_small_data_block_size(long list, ulong bytes);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_chunk")]
    public static partial int set_chunk(long list, int rank, ulong* size);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pget_chunk")]
    public static partial int get_chunk(long list, int rank, ulong* size);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pget_layout")]
    public static partial int get_layout(long list);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_deflate")]
    public static partial int set_deflate(long list, uint level);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_shuffle")]
    public static partial int set_shuffle(long list);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_fletcher32")]
    public static partial int set_fletcher32(long list);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_fill_time")]
    public static partial int set_fill_time(long list, int time);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pget_nfilters")]
    public static partial int get_nfilters(long list);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pget_filter2")]
    public static partial int get_filter(
        long list, uint index, out uint flags, ref nuint valueCount, uint* values, nuint nameLength, byte* name, out uint configuration);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Pset_chunk_cache")]
    public static partial int set_chunk_cache(long list, nuint slots, nuint bytes, double preemption);
}
