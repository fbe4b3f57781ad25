using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Links.</summary>
internal static unsafe partial class H5L
{
    public const int INDEX_NAME = 0;
    public const int ITER_INC = 0;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Lcreate_hard", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int create_hard(long from, string target, long at, string name, long creation, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Lexists", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int exists(long location, string name, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Lget_name_by_idx", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint get_name_by_idx(
        long location, string group, int index, int order, ulong n, byte* name, nuint size, long access);
}
