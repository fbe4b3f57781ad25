using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Identifiers.</summary>
internal static partial class H5I
{
    public const int GROUP = 2;
    public const int DATASET = 5;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Iget_type")]
    public static partial int get_type(long id);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Idec_ref")]
    public static partial int dec_ref(long id);
}
