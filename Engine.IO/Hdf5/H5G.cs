using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Groups.</summary>
internal static partial class H5G
{
    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Gcreate2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long create(long location, string name, long linkCreation, long creation, long access);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Gget_info")]
    public static partial int get_info(long group, out Info info);

    [StructLayout(LayoutKind.Sequential)]
    public struct Info
    {
        public int StorageType;
        public ulong Links;
        public long MaximumCreationOrder;
        public byte Mounted;
    }
}
