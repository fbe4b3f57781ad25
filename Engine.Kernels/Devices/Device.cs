using System.Diagnostics;
using Engine.Kernels.Errors;

namespace Engine.Kernels.Devices;

/// <summary>
/// A device that kernels run on, through CUDA or OpenCL: memory, programs, and one queue on which everything happens in the order it was asked for. The host runs
/// ahead; reading waits. To be used by one thread at a time.
/// </summary>
/// <remarks>The processor itself is no <c>Device</c>: its kernels are C# of their own (KERNELS.md says why).</remarks>
public abstract unsafe class Device : IDisposable
{
    private readonly Dictionary<string, DeviceProgram> programs = [];
    private List<Launch>? recording;
    private Dictionary<string, KernelTime>? times;

    private protected Device(DeviceDescription description)
    {
        Description = description;
    }

    public DeviceDescription Description { get; }

    /// <summary>"cuda:0".</summary>
    public string Address => Description.Address;

    /// <summary>Bytes in buffers that were not freed.</summary>
    public long BytesAllocated { get; private protected set; }

    /// <summary>Everything that was compiled for it.</summary>
    internal IReadOnlyCollection<string> Texts => programs.Keys;

    /// <summary>Who compiles kernels, and for what: "NVRTC 13.0 for sm_90".</summary>
    public abstract string Compiler { get; }

    /// <summary>Largest number of threads of a group that any kernel may ask for.</summary>
    public abstract int MaximumGroupSize { get; }

    /// <summary>Bytes of local memory that a group may use.</summary>
    public abstract long LocalMemoryBytes { get; }

    /// <summary>Bytes of the largest buffer that the device makes.</summary>
    public abstract long LargestBuffer { get; }

    /// <summary>Bytes that are not in use, as far as the driver tells.</summary>
    public virtual long BytesFree => Description.MemoryBytes - BytesAllocated;

    /// <summary>What may be taken at once: half of what is free, which leaves room for what comes later.</summary>
    internal DeviceRoom Room => new(BytesFree / 2, LargestBuffer);

    /// <summary>Starts a device.</summary>
    /// <param name="address">"cuda", "cuda:1", "opencl", "opencl:0"; without a number the first of its kind.</param>
    /// <exception cref="InputException">The address is none.</exception>
    /// <exception cref="MissingLibraryException">There is no such device or driver.</exception>
    public static Device Open(string address)
    {
        var parts = address.Split(':');
        var index = 0;
        if (parts.Length > 2 || parts[0] is not ("cuda" or "opencl") || (parts.Length == 2 && !(int.TryParse(parts[1], out index) && index >= 0)))
        {
            throw new InputException($"'{address}' is no device that kernels can be compiled for; expected cuda[:N] or opencl[:N]; ./engine devices lists them");
        }
        var (devices, reason) = parts[0] == "cuda" ? CudaDriver.Enumerate() : OpenClDriver.Enumerate();
        if (index >= devices.Count)
        {
            throw new MissingLibraryException(devices.Count == 0
                ? $"there is no device {address}: {reason}; ./engine devices says what was tried"
                : $"there is no device {address}; expected {parts[0]}:0{(devices.Count > 1 ? $" to {parts[0]}:{devices.Count - 1}" : "")}; ./engine devices lists them");
        }
        return parts[0] == "cuda" ? new CudaDevice(devices[index]) : new OpenClDevice(devices[index]);
    }

    /// <summary>Memory that is not cleared.</summary>
    /// <exception cref="RunFailedException">The device has no room for it.</exception>
    public DeviceBuffer<T> Allocate<T>(long length)
        where T : unmanaged
    {
        var bytes = Math.Max(1, length) * sizeof(T);
        var handle = AllocateBytes(bytes);
        BytesAllocated += bytes;
        return new(this, handle, length);
    }

    /// <summary>Memory that holds a copy.</summary>
    public DeviceBuffer<T> Allocate<T>(ReadOnlySpan<T> contents)
        where T : unmanaged
    {
        var buffer = Allocate<T>(contents.Length);
        buffer.Upload(contents);
        return buffer;
    }

    /// <summary>A program for a text; the same text is compiled once, and once for all processes where the image cache can be written.</summary>
    /// <exception cref="MissingLibraryException">There is no compiler for this device.</exception>
    /// <exception cref="RunFailedException">The text does not compile; the message holds it with numbered lines.</exception>
    public DeviceProgram Compile(KernelText text)
    {
        if (!programs.TryGetValue(text.Full, out var program))
        {
            program = Build(text);
            programs.Add(text.Full, program);
        }
        return program;
    }

    /// <summary>Waits for everything asked for so far.</summary>
    /// <exception cref="RunFailedException">Something of it failed.</exception>
    public abstract void Synchronize();

    /// <summary>Waits for what other libraries of this process asked of the device, too.</summary>
    public virtual void AwaitOthers() => Synchronize();

    /// <summary>Starts to copy a buffer to the host, without waiting.</summary>
    public abstract PendingRead<T> ReadLater<T>(DeviceBuffer<T> buffer)
        where T : unmanaged;

    /// <summary>Takes down the launches that <paramref name="launches"/> makes, without running them, so that they can be repeated at once.</summary>
    public LaunchGraph Record(Action launches)
    {
        recording = [];
        try
        {
            launches();
            // What is to be timed is launched piece by piece.
            return times is null ? Instantiate([.. recording]) : new(this, [.. recording]);
        }
        finally
        {
            recording = null;
        }
    }

    /// <summary>Times each kernel that <paramref name="work"/> launches, by entry point: launched one by one, and waited for. Graphs that were recorded before are not seen.</summary>
    public IReadOnlyDictionary<string, KernelTime> Time(Action work)
    {
        times = [];
        try
        {
            work();
            return times;
        }
        finally
        {
            times = null;
        }
    }

    public void Dispose()
    {
        foreach (var program in programs.Values)
        {
            Release(program);
        }
        programs.Clear();
        Close();
        GC.SuppressFinalize(this);
    }

    internal void Run(in Launch launch)
    {
        if (recording is not null)
        {
            recording.Add(launch);
        }
        else if (times is not null)
        {
            var name = launch.Kernel.Signature.Name;
            var before = times.GetValueOrDefault(name);
            times[name] = new(before.Launches + 1, before.Seconds + Timed(launch), before.Resources ?? ResourcesOf(launch));
        }
        else
        {
            Enqueue(launch);
        }
    }

    internal void Free(nint handle, long bytes)
    {
        BytesAllocated -= bytes;
        FreeBytes(handle);
    }

    internal abstract void Write(nint handle, long offset, void* source, long bytes);

    internal abstract void Read(nint handle, long offset, void* target, long bytes);

    internal abstract void Zero(nint handle, long bytes);

    internal abstract void Copy(nint source, nint target, long bytes);

    private protected abstract nint AllocateBytes(long bytes);

    private protected abstract void FreeBytes(nint handle);

    private protected abstract DeviceProgram Build(KernelText text);

    private protected abstract void Release(DeviceProgram program);

    private protected abstract void Enqueue(in Launch launch);

    /// <summary>Local memory that a group may have, what its text declares included, where who launches a kernel can ask for some [bytes]; elsewhere 0.</summary>
    internal virtual int LocalRoom => 0;

    /// <summary>A kernel is to be launched with so much local memory beside what its text declares [bytes].</summary>
    internal virtual void ReserveLocal(DeviceKernel kernel, int bytes)
    {
    }

    /// <summary>Null where the driver does not tell.</summary>
    private protected virtual KernelResources? ResourcesOf(in Launch launch) => null;

    /// <summary>Runs one launch and waits for it; its time [s].</summary>
    private protected virtual double Timed(in Launch launch)
    {
        Synchronize();
        var start = Stopwatch.GetTimestamp();
        Enqueue(launch);
        Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>By default the launches are simply made again.</summary>
    private protected virtual LaunchGraph Instantiate(Launch[] launches) => new(this, launches);

    private protected abstract void Close();

    /// <summary>What a full memory is reported with.</summary>
    private protected RunFailedException NoRoom(long bytes) => new(FormattableString.Invariant(
        $"{Address} ({Description.Name}) has no room for {bytes / 1048576.0:F1} MiB more beside the {BytesAllocated / 1048576.0:F1} MiB in use, of {Description.MemoryBytes / 1048576.0:F0} MiB; use a smaller system or another device"));

    /// <summary>What a text that does not compile is reported with: the compiler's words, then the text with its line numbers.</summary>
    private protected static RunFailedException DoesNotCompile(KernelText text, string compiler, string log)
    {
        var lines = text.Full.Split('\n').Select((line, i) => $"{i + 1,5}  {line}");
        return new($"kernel text {text.Name} does not compile with {compiler}; expected C of the kernel dialect; the compiler says:\n{log.Trim()}\n{string.Join('\n', lines)}");
    }

    /// <summary>One launch with its arguments.</summary>
    internal readonly record struct Launch(DeviceKernel Kernel, int Groups, int GroupSize, KernelArgument[] Arguments);
}
