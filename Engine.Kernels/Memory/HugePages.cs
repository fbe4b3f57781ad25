using System.Runtime.InteropServices;

namespace Engine.Kernels.Memory;

/// <summary>
/// Pages of 2 MiB for memory that is large. With pages of 4 KiB the system is asked for each when it is first touched, and what it does then is shared by all threads of a process: two
/// threads that fill a new matrix of a gigabyte take longer than one.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a page; also what memory has to be aligned to.</summary>
    public const nuint Size = 2 << 20;

    private const int Wanted = 14;

    /// <summary>Asks for them; to be called before the memory is touched. A system that has none goes on with small ones.</summary>
    public static void Advise(void* start, nuint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = madvise(start, bytes, Wanted);
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* start, nuint bytes, int advice);
}
