using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Library-wide calls of libhdf5. Call only inside <see cref="Hdf5Library.Enter"/>.</summary>
internal static partial class H5
{
    /// <summary>Default property list, default error stack, "no object".</summary>
    public const long DEFAULT = 0;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5open")]
    public static partial int open();

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5dont_atexit")]
    public static partial int dont_atexit();

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5get_libversion")]
    public static partial int get_libversion(out uint major, out uint minor, out uint release);
}
