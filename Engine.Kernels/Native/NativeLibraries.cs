using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using Engine.Kernels.Errors;

namespace Engine.Kernels.Native;

/// <summary>
/// Finds native libraries by their sonames. A library that is not there is a value with a log, not an exception, until something calls
/// <see cref="Require"/>. Imports name the library ("hdf5"), never a file: <c>[LibraryImport("hdf5")]</c> in an assembly that called
/// <see cref="Register"/> from its module initialiser.
/// </summary>
public static class NativeLibraries
{
    /// <summary>Environment variable with folders, separated like PATH, that are searched before anything else.</summary>
    public const string PathVariable = "ENGINE_NATIVE_PATH";

    private static readonly Dictionary<string, Recipe> Recipes = new()
    {
        ["hdf5"] = new(
            [
                "libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5_serial.so.200", "libhdf5_serial.so",
                "libhdf5.so.103", "libhdf5.so.200", "libhdf5.so.310", "libhdf5.so", "hdf5.dll", "libhdf5.dylib",
            ],
            "trajectories and data sets", "apt-get install libhdf5-103-1 (libhdf5-310 on Debian 13)"),
        ["blas"] = new(
            ["libopenblas.so.0", "libopenblas.so", "libblis.so.4", "libblas.so.3", "libopenblas.dll"],
            "fast matrix products", "apt-get install libopenblas0"),
        ["lapack"] = new(
            ["libopenblas.so.0", "liblapack.so.3", "libopenblas.dll"],
            "fast eigenvalues and factorisations", "apt-get install libopenblas0"),
        ["opencl"] = new(
            ["libOpenCL.so.1", "libOpenCL.so", "OpenCL.dll"],
            "OpenCL devices", "apt-get install ocl-icd-libopencl1 pocl-opencl-icd"),
        ["cuda"] = new(
            ["libcuda.so.1", "libcuda.so", "nvcuda.dll"],
            "NVIDIA devices", "install the NVIDIA driver"),
        ["nvrtc"] = new(
            [
                "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so", "nvrtc64_130_0.dll", "nvrtc64_120_0.dll",
            ],
            "compiling kernels for NVIDIA devices", "install the CUDA toolkit's NVRTC (cuda-nvrtc)"),
        ["cublas"] = new(
            ["libcublas.so.13", "libcublas.so.12", "libcublas.so", "cublas64_13.dll", "cublas64_12.dll"],
            "matrix products on NVIDIA devices", "install the CUDA toolkit's cuBLAS (libcublas)")
        {
            LoadBefore = [["libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"]],
        },
        // CUDA 13 ships cuSOLVER 12 and CUDA 12 ships cuSOLVER 11: the sonames of the toolkit are not aligned.
        ["cusolver"] = new(
            ["libcusolver.so.12", "libcusolver.so.11", "libcusolver.so", "cusolver64_12.dll", "cusolver64_11.dll"],
            "eigenvalues on NVIDIA devices", "install the CUDA toolkit's cuSOLVER (libcusolver)")
        {
            LoadBefore =
            [
                ["libnvJitLink.so.13", "libnvJitLink.so.12", "libnvJitLink.so"],
                ["libcusparse.so.12", "libcusparse.so.11", "libcusparse.so"],
                ["libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"],
                ["libcublas.so.13", "libcublas.so.12", "libcublas.so"],
            ],
        },
        ["torch"] = new(
            ["libengine_torch.so"],
            "networks: libtorch through the shim that ./engine builds", "apt-get install libtorch-dev g++, or set ENGINE_TORCH to a libtorch or to the folder torch of a PyTorch, then ./engine ntk builds it")
        {
            BuiltHere = true,
        },
    };

    private static readonly ConcurrentDictionary<string, Lazy<NativeLibraryStatus>> Found = new();

    /// <summary>The logical names that can be asked for.</summary>
    public static IReadOnlyCollection<string> Names => Recipes.Keys;

    /// <summary>Looks for a library, once per process: later calls return the same answer.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static NativeLibraryStatus Find(string name) =>
        Found.GetOrAdd(name, static n => new Lazy<NativeLibraryStatus>(() => Probe(n, Environment.GetEnvironmentVariable(PathVariable)))).Value;

    /// <summary>Whether the library is there; <paramref name="log"/> names every path that was tried.</summary>
    public static bool TryGet(string name, out nint handle, out string log)
    {
        var status = Find(name);
        handle = status.Handle;
        log = status.Log;
        return status.IsPresent;
    }

    /// <summary>The handle of a library that the caller cannot do without.</summary>
    /// <exception cref="MissingLibraryException">It was not found; the message says what to install.</exception>
    public static nint Require(string name)
    {
        var status = Find(name);
        return status.IsPresent ? status.Handle : throw new MissingLibraryException(status.Explain());
    }

    /// <summary>
    /// Makes the imports of an assembly that name one of <see cref="Names"/> resolve here. The runtime allows one resolver per assembly, so
    /// call it once, from the assembly's module initialiser.
    /// </summary>
    public static void Register(Assembly assembly) =>
        NativeLibrary.SetDllImportResolver(assembly, static (name, _, _) => Recipes.ContainsKey(name) ? Require(name) : 0);

    internal static NativeLibraryStatus Probe(string name, string? nativePath)
    {
        if (!Recipes.TryGetValue(name, out var recipe))
        {
            throw new ArgumentException($"no native library is called '{name}'; known are {string.Join(", ", Names)}", nameof(name));
        }
        if (name is "blas" or "lapack" or "torch")
        {
            OpenBlasCore.Choose();
        }
        var log = new List<string>();
        foreach (var folder in Folders(name, nativePath, recipe.BuiltHere))
        {
            foreach (var soname in recipe.Sonames)
            {
                if (!ForThisSystem(soname))
                {
                    continue;
                }
                var candidate = folder.Length == 0 ? soname : Path.Combine(folder, soname);
                if (folder.Length > 0 && !File.Exists(candidate))
                {
                    log.Add($"{candidate}: no such file");
                    continue;
                }
                foreach (var dependency in recipe.LoadBefore)
                {
                    LoadFirst(folder, dependency);
                }
                if (name == "nvrtc" && folder.Length > 0)
                {
                    // NVRTC asks the loader for it by a name with its full version.
                    LoadFirst(folder, [.. Directory.GetFiles(folder, "libnvrtc-builtins.so.*").Order(StringComparer.Ordinal).Select(file => Path.GetFileName(file)!)]);
                }
                try
                {
                    var handle = NativeLibrary.Load(candidate);
                    log.Add($"{candidate}: loaded");
                    return new(name, candidate, handle, log, recipe.Purpose, recipe.Remedy);
                }
                catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
                {
                    log.Add($"{candidate}: {Reason(error.Message)}");
                }
            }
        }
        return new(name, null, 0, log, recipe.Purpose, recipe.Remedy);
    }

    /// <summary>Folders in the order they are searched; the empty one is the loader's own search.</summary>
    private static IEnumerable<string> Folders(string name, string? nativePath, bool builtHere)
    {
        foreach (var folder in Split(nativePath))
        {
            yield return folder;
        }
        for (var folder = builtHere ? new DirectoryInfo(AppContext.BaseDirectory) : null; folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "native", "bin")))
            {
                yield return Path.Combine(folder.FullName, "native", "bin");
            }
        }
        yield return "";
        if (name is not ("cuda" or "nvrtc" or "cublas" or "cusolver"))
        {
            yield break;
        }
        foreach (var toolkit in new[] { "CUDA_HOME", "CUDA_PATH" }.SelectMany(v => Split(Environment.GetEnvironmentVariable(v))))
        {
            yield return Path.Combine(toolkit, "lib64");
            yield return Path.Combine(toolkit, "targets", "x86_64-linux", "lib");
            yield return Path.Combine(toolkit, "bin");
        }
        if (Directory.Exists("/usr/local"))
        {
            foreach (var toolkit in Directory.GetDirectories("/usr/local", "cuda*").OrderByDescending(VersionOf))
            {
                yield return Path.Combine(toolkit, "lib64");
            }
        }
        if (Directory.Exists("/usr/lib/wsl/lib"))
        {
            yield return "/usr/lib/wsl/lib";
        }
    }

    /// <summary>A dependency that is not found is no failure: the loader may know where it is.</summary>
    private static void LoadFirst(string folder, string[] sonames)
    {
        foreach (var soname in sonames)
        {
            if (NativeLibrary.TryLoad(folder.Length == 0 ? soname : Path.Combine(folder, soname), out _))
            {
                return;
            }
        }
    }

    private static string[] Split(string? paths) =>
        (paths ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Version VersionOf(string toolkit) =>
        Version.TryParse(Path.GetFileName(toolkit).Replace("cuda-", "", StringComparison.Ordinal), out var version) ? version : new Version(0, 0);

    private static bool ForThisSystem(string soname) =>
        OperatingSystem.IsWindows() == soname.EndsWith(".dll", StringComparison.Ordinal)
        && OperatingSystem.IsMacOS() == soname.EndsWith(".dylib", StringComparison.Ordinal);

    /// <summary>The loader's own words: the runtime wraps them in advice and lists every variation it tried.</summary>
    private static string Reason(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reason = lines.Length > 1 ? lines[1] : lines[0];
        var colon = reason.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 ? reason[(colon + 2)..] : reason;
    }

    private sealed record Recipe(string[] Sonames, string Purpose, string Remedy)
    {
        /// <summary>Libraries, each as alternative sonames, that must be in the process before: they need not be on the loader's path.</summary>
        public string[][] LoadBefore { get; init; } = [];

        /// <summary>Whether ./engine builds it, into native/bin of the folder that holds the program.</summary>
        public bool BuiltHere { get; init; }
    }
}
