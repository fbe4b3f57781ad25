using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Objects of any kind.</summary>
internal static partial class H5O
{
    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Oopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long open(long location, string name, long access);
}
