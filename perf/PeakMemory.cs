using System.Globalization;
using System.Runtime.InteropServices;

namespace Engine.Perf;

/// <summary>The most memory that a piece of work takes beyond what the process had before, as Linux counts it.</summary>
internal static partial class PeakMemory
{
    private const string Reset = "/proc/self/clear_refs";
    private const string Status = "/proc/self/status";

    /// <summary>Bytes; null where the system does not tell.</summary>
    public static double? During(Action work)
    {
        if (!OperatingSystem.IsLinux())
        {
            work();
            return null;
        }
        GC.Collect();
        // What was freed but not given back would be used again without being counted.
        _ = malloc_trim(0);
        try
        {
            // Sets the peak to what is in use now.
            File.WriteAllText(Reset, "5");
        }
        catch (UnauthorizedAccessException)
        {
            work();
            return null;
        }
        var before = Read("VmRSS:");
        work();
        return Read("VmHWM:") - before;
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint kept);

    private static double Read(string name) => 1024 * double.Parse(
        File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1],
        CultureInfo.InvariantCulture);
}
