using System.Globalization;

namespace Engine.Perf;

/// <summary>The most memory that a piece of work takes beyond what the process had before, as Linux counts it.</summary>
internal static class PeakMemory
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

    private static double Read(string name) => 1024 * double.Parse(
        File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1],
        CultureInfo.InvariantCulture);
}
