using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Kernels.Native;

/// <summary>A native library as <c>./engine devices</c> shows it.</summary>
/// <param name="Name">Logical name.</param>
/// <param name="Path">What was loaded; null where absent.</param>
/// <param name="Version">As the library reports it; null where absent or where it does not say.</param>
/// <param name="Reason">Why it is absent or unusable; null where all is well.</param>
public sealed record LibraryDescription(string Name, string? Path, string? Version, string? Reason)
{
    public static LibraryDescription Of(string name)
    {
        var status = NativeLibraries.Find(name);
        if (!status.IsPresent)
        {
            return new(name, null, null, status.Explain());
        }
        var version = VersionOf(status);
        // An ILP64 build takes 64-bit integers: calling it with 32-bit ones reads garbage.
        var reason = name is "blas" or "lapack" && version?.Contains("USE64BITINT", StringComparison.Ordinal) == true
            ? $"{status.Path} is an ILP64 build (USE64BITINT), expected LP64; {status.Remedy}"
            : null;
        return new(name, status.Path, version, reason);
    }

    private static unsafe string? VersionOf(NativeLibraryStatus library)
    {
        switch (library.Name)
        {
            case "hdf5" when Export("H5get_libversion", out var call):
                // The first call initialises libhdf5; it must not register an exit handler that runs after the runtime's threads are gone.
                if (Export("H5dont_atexit", out var stay))
                {
                    _ = ((delegate* unmanaged<int>)stay)();
                }
                uint major, minor, release;
                return ((delegate* unmanaged<uint*, uint*, uint*, int>)call)(&major, &minor, &release) < 0 ? null : $"{major}.{minor}.{release}";
            case "blas" or "lapack" when Export("openblas_get_config", out var call):
                return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(((delegate* unmanaged<byte*>)call)())).Trim();
            case "torch" when Export("torch_version", out var call):
                return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(((delegate* unmanaged<byte*>)call)()));
            case "nvrtc" when Export("nvrtcVersion", out var call):
                int first, second;
                return ((delegate* unmanaged<int*, int*, int>)call)(&first, &second) == 0 ? $"{first}.{second}" : null;
            case "cublas" when Export("cublasGetProperty", out var call):
                return Property(call);
            case "cusolver" when Export("cusolverGetProperty", out var call):
                return Property(call);
            default:
                return null;
        }

        bool Export(string symbol, out nint address) => NativeLibrary.TryGetExport(library.Handle, symbol, out address);
    }

    /// <summary>CUDA's libraryPropertyType: 0 major, 1 minor, 2 patch level.</summary>
    private static unsafe string? Property(nint call)
    {
        var get = (delegate* unmanaged<int, int*, int>)call;
        int major, minor, patch;
        return get(0, &major) == 0 && get(1, &minor) == 0 && get(2, &patch) == 0 ? $"{major}.{minor}.{patch}" : null;
    }
}
