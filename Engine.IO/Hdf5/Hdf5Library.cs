using System.Runtime.InteropServices;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;

namespace Engine.IO.Hdf5;

/// <summary>
/// Finds and initialises libhdf5 (1.10.7 or newer) and serialises its use: the library is one critical section in its thread-safe builds and not
/// safe at all in the others, so every call is made while holding <see cref="Enter"/>.
/// </summary>
public static unsafe class Hdf5Library
{
    internal const string Name = "hdf5";

    private static readonly object Gate = new();
    private static nint library;
    private static string report = "";

    [ThreadStatic]
    private static bool quiet;

    /// <summary>Loads the library if that has not happened yet.</summary>
    /// <param name="log">What was found and where, or everything that was tried.</param>
    public static bool TryLoad(out string log)
    {
        lock (Gate)
        {
            if (library == 0 && report.Length == 0)
            {
                report = Load();
            }
            log = report;
            return library != 0;
        }
    }

    /// <summary>Takes the lock of the library, loading it first.</summary>
    /// <exception cref="MissingLibraryException">libhdf5 is not installed.</exception>
    internal static Scope Enter()
    {
        if (!TryLoad(out var log))
        {
            var status = NativeLibraries.Find(Name);
            throw new MissingLibraryException(
                status.IsPresent ? $"libhdf5 1.10.7 or newer is needed for trajectories, but {log}; {status.Remedy}" : status.Explain());
        }
        Monitor.Enter(Gate);
        if (!quiet)
        {
            H5E.set_auto(H5.DEFAULT, null, null);
            quiet = true;
        }
        return default;
    }

    /// <summary>The value of a global identifier such as H5T_IEEE_F32LE_g; valid once the library is open.</summary>
    internal static long Global(string name) => *(long*)NativeLibrary.GetExport(library, name);

    private static string Load()
    {
        if (!NativeLibraries.TryGet(Name, out var handle, out var log))
        {
            return log;
        }
        log = NativeLibraries.Find(Name).Path!;
        if (!NativeLibrary.TryGetExport(handle, "H5Pset_file_locking", out _))
        {
            return $"{log} lacks H5Pset_file_locking, which 1.10.7, 1.12.1 and newer have";
        }
        library = handle;
        NativeLibraries.Register(typeof(Hdf5Library).Assembly);
        // Without this the library would close files in its own exit handler, after the runtime's threads are gone.
        H5.dont_atexit();
        if (H5.open() < 0)
        {
            library = 0;
            return $"{log} was found but its initialisation failed";
        }
        H5.get_libversion(out var major, out var minor, out var release);
        return $"{log}, version {major}.{minor}.{release}";
    }

    /// <summary>Holds the lock until disposed.</summary>
    internal readonly ref struct Scope
    {
        public void Dispose() => Monitor.Exit(Gate);
    }
}
