using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Kernels.Errors;

namespace Engine.IO.Hdf5;

/// <summary>
/// Finds and initialises libhdf5 (1.10.5 or newer) and serialises its use: the library is one critical section in its thread-safe builds and not
/// safe at all in the others, so every call is made while holding <see cref="Enter"/>.
/// </summary>
public static unsafe class Hdf5Library
{
    internal const string Name = "hdf5";

    private static readonly string[] Candidates =
    [
        "libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5_serial.so",
        "libhdf5.so.103", "libhdf5.so.200", "libhdf5.so.310", "libhdf5.so", "hdf5.dll", "libhdf5.dylib",
    ];

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
                report = Load(Candidates);
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
            throw Missing(log);
        }
        Monitor.Enter(Gate);
        if (!quiet)
        {
            H5E.set_auto(H5.DEFAULT, null, null);
            quiet = true;
        }
        return default;
    }

    internal static MissingLibraryException Missing(string log) => new(
        $"libhdf5 (1.10.5 or newer) was not found, trajectories cannot be read or written; install it with `apt-get install libhdf5-103` or set ENGINE_NATIVE_PATH to its folder ({log})");

    /// <summary>The value of a global identifier such as H5T_IEEE_F32LE_g; valid once the library is open.</summary>
    internal static long Global(string name) => *(long*)NativeLibrary.GetExport(library, name);

    /// <summary>The first of <paramref name="names"/> that loads, in ENGINE_NATIVE_PATH (a folder or a file) before the system's folders.</summary>
    internal static nint Probe(IEnumerable<string> names, out string log)
    {
        var tried = new StringBuilder();
        var folder = Environment.GetEnvironmentVariable("ENGINE_NATIVE_PATH");
        if (!string.IsNullOrEmpty(folder))
        {
            foreach (var path in File.Exists(folder) ? [folder] : names.Select(name => Path.Combine(folder, name)))
            {
                if (NativeLibrary.TryLoad(path, out var handle))
                {
                    log = path;
                    return handle;
                }
            }
            tried.Append($"not in {folder}; ");
        }
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(Hdf5Library).Assembly, DllImportSearchPath.SafeDirectories, out var handle))
            {
                log = name;
                return handle;
            }
        }
        log = tried.Append("tried ").AppendJoin(", ", names).ToString();
        return 0;
    }

    private static string Load(string[] names)
    {
        var handle = Probe(names, out var log);
        if (handle == 0)
        {
            return log;
        }
        if (!NativeLibrary.TryGetExport(handle, "H5Dget_chunk_info_by_coord", out _))
        {
            return $"{log} is older than 1.10.5";
        }
        library = handle;
        NativeLibrary.SetDllImportResolver(typeof(Hdf5Library).Assembly, Resolve);
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

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? library : 0;

    /// <summary>Holds the lock until disposed.</summary>
    internal readonly ref struct Scope
    {
        public void Dispose() => Monitor.Exit(Gate);
    }
}
