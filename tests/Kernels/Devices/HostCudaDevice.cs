using System.Runtime.InteropServices;
using System.Text;
using Engine.Kernels.Devices;
using Engine.Kernels.Native;
using Engine.Tests.Core.Potentials;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>
/// Kernel texts as CUDA C++, run by the processor: what stands in them for CUDA only (rule 7 of dialect.h) but tensor cores and early starts. Memory has walls that must stay as they are,
/// and is no number at first. Threads of a group run from one barrier to the next in <see cref="Order"/>: what hangs on it is a race.
/// A kernel that writes far away, or never ends, takes the test run with it.
/// </summary>
internal sealed unsafe class HostCudaDevice : Device
{
    private const int Wall = 64;
    private const byte WallByte = 0xA5;
    private const byte NotANumber = 0xFF;

    /// <summary>Of a multiprocessor since 2020.</summary>
    private const int SharedBytes = 164 * 1024;

    private static readonly string[] Options =
    [
        "-x", "c++", "-std=c++17", "-O1", "-fsanitize=alignment,array-bounds", "-fsanitize-minimal-runtime", "-fPIC", "-shared", "-Wl,-Bsymbolic", "-nostdlib", "-Wno-everything",
    ];

    private readonly string clang;
    private readonly Dictionary<nint, long> sizes = [];

    /// <summary>By the kernels of their libraries: each has threads of its own.</summary>
    private readonly Dictionary<nint, nint> launchers = [];
    private readonly Dictionary<nint, nint> faults = [];

    private HostCudaDevice(string clang)
        : base(new(DeviceKind.Cuda, 0, "CUDA on the host", "clang", 4, 1L << 31, []))
    {
        this.clang = clang;
    }

    /// <summary>In which order threads and groups run: 0 from the first to the last, 1 from the last to the first, 2 threads mixed.</summary>
    public int Order { get; set; }

    public override string Compiler => "clang";

    public override int MaximumGroupSize => 1024;

    public override long LocalMemoryBytes => 48 * 1024;

    public override long LargestBuffer => 1L << 32;

    internal override int LocalRoom => SharedBytes;

    /// <summary>Skips the test where texts cannot be compiled so.</summary>
    public static HostCudaDevice Require()
    {
        Skip.IfNot(RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux(), "threads change places by instructions of x64");
        Skip.If(Clang is null, "no clang, expected the one that PoCL comes with");
        return new(Clang!);
    }

    /// <summary>The compiler that PoCL comes with, or null.</summary>
    public static string? Clang { get; } = ExternalProgram.Find("clang")
        ?? (Directory.Exists("/usr/lib")
            ? Directory.GetDirectories("/usr/lib", "llvm-*").Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin", "clang")).LastOrDefault(File.Exists)
            : null);

    /// <summary>Declarations that stand before a text.</summary>
    public static string Builtins { get; } = Path.Combine(Cells.Root, "tests", "Kernels", "Devices", "cuda_builtins.h");

    public override void Synchronize()
    {
    }

    public override PendingRead<T> ReadLater<T>(DeviceBuffer<T> buffer) => new Done<T>(buffer.ToArray());

    internal override void Write(nint handle, long offset, void* source, long bytes) => Buffer.MemoryCopy(source, (byte*)handle + offset, bytes, bytes);

    internal override void Read(nint handle, long offset, void* target, long bytes) => Buffer.MemoryCopy((byte*)handle + offset, target, bytes, bytes);

    internal override void Zero(nint handle, long bytes) => new Span<byte>((void*)handle, checked((int)bytes)).Clear();

    internal override void Copy(nint source, nint target, long bytes) => Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes);

    private protected override nint AllocateBytes(long bytes)
    {
        if (bytes > Description.MemoryBytes / 2)
        {
            throw NoRoom(bytes);
        }
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + 2 * Wall), Wall);
        new Span<byte>(memory, checked((int)bytes + 2 * Wall)).Fill(WallByte);
        new Span<byte>(memory + Wall, (int)bytes).Fill(NotANumber);
        sizes.Add((nint)(memory + Wall), bytes);
        return (nint)(memory + Wall);
    }

    private protected override void FreeBytes(nint handle)
    {
        sizes.Remove(handle);
        NativeMemory.AlignedFree((byte*)handle - Wall);
    }

    private protected override DeviceProgram Build(KernelText text)
    {
        // Beside the kernels, for each what calls it with a list of places of arguments.
        var source = new StringBuilder(text.Full).Append("\n#if defined(STAGED_TABLES) && STAGED_TABLES > 0\nthread_local float4 staged[STAGED_TABLES];\n#endif\n");
        foreach (var kernel in text.Signatures)
        {
            var values = kernel.Parameters.Select((p, i) => $"*({p.Type}{(p.IsBuffer ? "*" : "")}*)values[{i}]");
            source.Append($"extern \"C\" void call_{kernel.Name}(void** values) {{ {kernel.Name}({string.Join(", ", values)}); }}\n");
        }
        using var folder = new TemporaryFolder();
        var path = folder.File($"{text.Name}.so");
        File.WriteAllText(path + ".cpp", source.ToString());
        var (exitCode, output) = ExternalProgram.Run(
            clang, [.. Options, "-include", Builtins, "-o", path, path + ".cpp"], null, limit: TimeSpan.FromMinutes(2));
        Skip.If(
            exitCode != 0 && (output.Contains("doesn't exist", StringComparison.Ordinal) || output.Contains("unable to execute", StringComparison.Ordinal)),
            "clang finds no linker");
        if (exitCode != 0)
        {
            throw DoesNotCompile(text, Compiler, output);
        }
        var library = NativeLibrary.Load(path);
        var run = NativeLibrary.GetExport(library, "run_groups");
        return new(this, text, library, name =>
        {
            var call = NativeLibrary.GetExport(library, $"call_{name}");
            (launchers[call], faults[call]) = (run, NativeLibrary.GetExport(library, "fault"));
            return call;
        });
    }

    private protected override void Release(DeviceProgram program) => NativeLibrary.Free(program.Handle);

    private protected override void Enqueue(in Launch launch)
    {
        var count = launch.Arguments.Length;
        var bits = stackalloc ulong[count];
        var places = stackalloc void*[count];
        for (var i = 0; i < count; i++)
        {
            bits[i] = launch.Arguments[i].Bits;
            places[i] = bits + i;
        }
        Assert.InRange(launch.GroupSize, 1, MaximumGroupSize);
        var fault = (int*)faults[launch.Kernel.Handle];
        *fault = 0;
        var run = (delegate* unmanaged<nint, void**, int, int, int, int>)launchers[launch.Kernel.Handle];
        var stuck = run(launch.Kernel.Handle, places, launch.Groups, launch.GroupSize, Order);
        var name = launch.Kernel.Signature.Name;
        Assert.True(*fault == 0, $"{name} reads a vector where none may lie, or beyond a local array");
        Assert.True(stuck == 0, $"threads of group {stuck - 1} of {name} wait for each other in vain");
        Assert.True(sizes.All(buffer => HasWalls((byte*)buffer.Key, buffer.Value)), $"{name} writes beside a buffer");
    }

    private protected override void Close()
    {
    }

    private static bool HasWalls(byte* memory, long bytes) =>
        new Span<byte>(memory - Wall, Wall).IndexOfAnyExcept(WallByte) < 0 && new Span<byte>(memory + bytes, Wall).IndexOfAnyExcept(WallByte) < 0;

    private sealed class Done<T>(T[] values) : PendingRead<T>
        where T : unmanaged
    {
        public override bool IsDone => true;

        public override ReadOnlySpan<T> Wait() => values;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
