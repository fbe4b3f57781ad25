using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Kernels.Native;

/// <summary>
/// Tells OpenBLAS which of its kernels to take. It knows processors by their model numbers and computes with SSE3, four times slower, on any that is newer than itself;
/// what decides is what the processor can do.
/// </summary>
internal static partial class OpenBlasCore
{
    private const string Variable = "OPENBLAS_CORETYPE";

    /// <summary>To be called before the library is loaded; a choice of the user's stays.</summary>
    public static void Choose()
    {
        var core = Avx512F.IsSupported && Avx512DQ.IsSupported && Avx512BW.VL.IsSupported ? "SkylakeX" : Avx2.IsSupported && Fma.IsSupported ? "Haswell" : null;
        if (core is not null && OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null)
        {
            // The runtime keeps a copy of the environment; a library reads the process's own.
            _ = setenv(Variable, core, 1);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
