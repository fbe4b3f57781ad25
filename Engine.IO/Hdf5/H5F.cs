using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Files.</summary>
internal static partial class H5F
{
    public const uint ACC_RDONLY = 0x00;
    public const uint ACC_TRUNC = 0x02;
    public const uint ACC_SWMR_READ = 0x40;
    public const int SCOPE_LOCAL = 0;
    public const uint OBJ_ALL = 0x1f;

    /// <summary>"All files" for <see cref="get_obj_count"/> and <see cref="get_obj_ids"/>.</summary>
    public const long ALL_FILES = 0x1f;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fcreate", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long create(string name, uint flags, long creation, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long open(string name, uint flags, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fclose")]
    public static partial int close(long file);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fflush")]
    public static partial int flush(long file, int scope);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fstart_swmr_write")]
    public static partial int start_swmr_write(long file);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fget_obj_count")]
    public static partial nint get_obj_count(long file, uint types);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fget_obj_ids")]
    public static partial nint get_obj_ids(long file, uint types, nuint capacity, Span<long> ids);

    /// <summary>The path of the file that holds an object. Returns its length, bytes.</summary>
    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Fget_name")]
    public static partial nint get_name(long id, Span<byte> name, nuint capacity);
}
