using System.Runtime.InteropServices;
using System.Text;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using static Engine.Kernels.Devices.CudaApi;

namespace Engine.Kernels.Devices;

/// <summary>NVIDIA's run-time compiler. It makes a cubin where it knows the device's architecture (no compilation by the driver then), else PTX of the newest that
/// it knows.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly bool native;

    private Nvrtc(int major, int minor, int architecture, bool native)
    {
        var target = $"{(native ? "sm" : "compute")}_{architecture}";
        (VersionNumber, Architecture, Target, this.native) = (1000 * major + 10 * minor, architecture, target, native);
        Version = $"{major}.{minor}";
        // Quotients and roots of floats to one or two units in the last place, and nothing smaller than 1e-38: as exact as what is made of them, and half as long.
        Options = [$"--gpu-architecture={target}", "--std=c++17", "--fmad=true", "--ftz=true", "--prec-div=false", "--prec-sqrt=false", "-default-device", "-lineinfo"];
    }

    public string Version { get; }

    /// <summary>As a driver gives its own: 12040 for 12.4.</summary>
    public int VersionNumber { get; }

    /// <summary>What it compiles for: 90 for 9.0. Not more than the device has.</summary>
    public int Architecture { get; }

    /// <summary>"sm_90" or "compute_90".</summary>
    public string Target { get; }

    public IReadOnlyList<string> Options { get; }

    /// <summary>The compiler for a device.</summary>
    /// <param name="architecture">Compute capability, ten times the major number plus the minor.</param>
    /// <exception cref="MissingLibraryException">There is none, or it is too old for any such device.</exception>
    public static Nvrtc Require(int architecture)
    {
        NativeLibraries.Require("nvrtc");
        int major, minor;
        Check(nvrtcVersion(&major, &minor), "nvrtcVersion");
        var supported = Architectures($"{major}.{minor}");
        if (supported.Contains(architecture))
        {
            return new(major, minor, architecture, true);
        }
        var older = supported.Where(a => a <= architecture).DefaultIfEmpty(0).Max();
        return older > 0
            ? new(major, minor, older, false)
            : throw new MissingLibraryException(
                $"NVRTC {major}.{minor} compiles for compute capability {supported.Min() / 10.0:F1} and later, but the device has {architecture / 10.0:F1}; install an older CUDA toolkit or use another --device");
    }

    /// <summary>The image, or null and what the compiler said.</summary>
    /// <param name="name">Of the file, for messages.</param>
    /// <param name="text">Everything that is compiled.</param>
    public (byte[]? Image, string Log) Compile(string name, string text)
    {
        nint program;
        fixed (byte* source = Encoding.UTF8.GetBytes(text + '\0'), file = Encoding.UTF8.GetBytes(name + '\0'))
        {
            Check(nvrtcCreateProgram(&program, source, file, 0, null, null), "nvrtcCreateProgram");
        }
        var options = Options.Select(option => Marshal.StringToCoTaskMemUTF8(option)).ToArray();
        try
        {
            int result;
            fixed (nint* p = options)
            {
                result = nvrtcCompileProgram(program, options.Length, (byte**)p);
            }
            nuint size;
            _ = nvrtcGetProgramLogSize(program, &size);
            var log = new byte[Math.Max(1, size)];
            fixed (byte* p = log)
            {
                _ = nvrtcGetProgramLog(program, p);
            }
            if (result != 0)
            {
                return (null, Encoding.UTF8.GetString(log).TrimEnd('\0'));
            }
            Check(native ? nvrtcGetCUBINSize(program, &size) : nvrtcGetPTXSize(program, &size), "nvrtcGetCUBINSize");
            var image = new byte[size];
            fixed (byte* p = image)
            {
                Check(native ? nvrtcGetCUBIN(program, p) : nvrtcGetPTX(program, p), "nvrtcGetCUBIN");
            }
            return (image, "");
        }
        finally
        {
            foreach (var option in options)
            {
                Marshal.FreeCoTaskMem(option);
            }
            _ = nvrtcDestroyProgram(&program);
        }
    }

    private static int[] Architectures(string version)
    {
        try
        {
            int count;
            Check(nvrtcGetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs");
            var supported = new int[count];
            fixed (int* p = supported)
            {
                Check(nvrtcGetSupportedArchs(p), "nvrtcGetSupportedArchs");
            }
            return supported;
        }
        catch (EntryPointNotFoundException)
        {
            throw new MissingLibraryException($"NVRTC {version} is too old, expected 11.2 or later; install a newer CUDA toolkit or use another --device");
        }
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(nvrtcGetErrorString(result)));
            throw new RunFailedException($"NVRTC call {call} failed: {text} ({result}); expected success; reinstall the CUDA toolkit, or use another --device");
        }
    }
}
