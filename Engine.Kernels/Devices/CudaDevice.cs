using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Kernels.Errors;
using static Engine.Kernels.Devices.CudaApi;

namespace Engine.Kernels.Devices;

/// <summary>
/// An NVIDIA device through the CUDA driver: its primary context (shared with every other library of the process), one stream, programs by NVRTC as cubin for
/// this very architecture, or as PTX where NVRTC does not know it.
/// </summary>
internal sealed unsafe class CudaDevice : Device
{
    private const int Success = 0;
    private const int OutOfMemory = 2;
    private const int NotReady = 600;
    private const int LocalBytesOfAThread = 3;
    private const int RegistersOfAThread = 4;
    private const int MaximumDynamicSharedBytes = 8;
    private const int NonBlockingStream = 1;
    private const int DisableTiming = 2;
    private const int CaptureThreadLocal = 1;
    private const int ComputeCapabilityMajor = 75;
    private const int ComputeCapabilityMinor = 76;
    private const int MostSharedBytesOfABlock = 97;
    private const int ErrorLogBuffer = 5;
    private const int ErrorLogBufferSize = 6;
    private const int StagingBytes = 1 << 20;
    private const int ProgrammaticStreamSerialization = 6;

    /// <summary>The first for which AWAIT_LAST of dialect.h is something.</summary>
    private const int WaitingArchitecture = 90;

    /// <summary>Of the driver that first records in graphs what starts before the kernel before it has ended.</summary>
    private const int EarlyStartsInGraphs = 12030;

    private readonly int device;
    private readonly Nvrtc compiler;
    private readonly nint context;

    /// <summary>Pinned memory and events that are used again: to make them costs as much as many steps.</summary>
    private readonly Dictionary<(Type, int), Stack<IPending>> idle = [];
    private readonly nint stream;

    /// <summary>Pinned memory from which small uploads go on their way while the caller goes on: what is used is free again when the stream was waited for.</summary>
    private readonly byte* staging;
    private readonly bool startsEarly;
    private long staged;

    public CudaDevice(DeviceDescription description)
        : base(description)
    {
        int handle, major, minor, room;
        nint primary, queue;
        Check(cuDeviceGet(&handle, description.Index), "cuDeviceGet");
        Check(cuDeviceGetAttribute(&major, ComputeCapabilityMajor, handle), "cuDeviceGetAttribute");
        Check(cuDeviceGetAttribute(&minor, ComputeCapabilityMinor, handle), "cuDeviceGetAttribute");
        Check(cuDeviceGetAttribute(&room, MostSharedBytesOfABlock, handle), "cuDeviceGetAttribute");
        LocalRoom = room;
        // A device without its compiler is none, and must leave nothing behind.
        compiler = Nvrtc.Require(10 * major + minor);
        startsEarly = compiler.Architecture >= WaitingArchitecture && CudaDriver.Version() >= EarlyStartsInGraphs;
        Check(cuDevicePrimaryCtxRetain(&primary, handle), "cuDevicePrimaryCtxRetain");
        Check(cuCtxSetCurrent(primary), "cuCtxSetCurrent");
        Check(cuStreamCreate(&queue, NonBlockingStream), "cuStreamCreate");
        (device, context, stream) = (handle, primary, queue);
        void* pinned;
        Check(cuMemHostAlloc(&pinned, StagingBytes, 0), "cuMemHostAlloc");
        staging = (byte*)pinned;
    }

    public override string Compiler => $"NVRTC {compiler.Version} for {compiler.Target}";

    public override int MaximumGroupSize => 1024;

    /// <summary>What arrays of fixed length may take, on every NVIDIA device.</summary>
    public override long LocalMemoryBytes => 48 * 1024;

    public override long LargestBuffer => Description.MemoryBytes;

    public override long BytesFree
    {
        get
        {
            Enter();
            nuint free, total;
            Check(cuMemGetInfo_v2(&free, &total), "cuMemGetInfo");
            return (long)free;
        }
    }

    /// <summary>CUstream.</summary>
    internal nint Stream => stream;

    public override void Synchronize()
    {
        Enter();
        Check(cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    public override void AwaitOthers()
    {
        Enter();
        Check(cuCtxSynchronize(), "cuCtxSynchronize");
    }

    public override PendingRead<T> ReadLater<T>(DeviceBuffer<T> buffer)
    {
        Enter();
        var length = checked((int)buffer.Length);
        var pending = idle.TryGetValue((typeof(T), length), out var free) && free.TryPop(out var reused) ? (Pending<T>)reused : new Pending<T>(this, length);
        Check(cuMemcpyDtoHAsync_v2(pending.Target, buffer.Handle, (nuint)buffer.Bytes, stream), "cuMemcpyDtoHAsync");
        Check(cuEventRecord(pending.Happening, stream), "cuEventRecord");
        return pending;
    }

    internal override void Write(nint handle, long offset, void* source, long bytes)
    {
        if (bytes <= 0)
        {
            return;
        }
        Enter();
        if (bytes > StagingBytes)
        {
            // Whether the driver has read memory that is not pinned when the call returns is its own affair.
            Check(cuMemcpyHtoDAsync_v2(handle + (nint)offset, source, (nuint)bytes, stream), "cuMemcpyHtoDAsync");
            Check(cuStreamSynchronize(stream), "cuStreamSynchronize");
            return;
        }
        if (staged + bytes > StagingBytes)
        {
            Check(cuStreamSynchronize(stream), "cuStreamSynchronize");
            staged = 0;
        }
        Buffer.MemoryCopy(source, staging + staged, bytes, bytes);
        Check(cuMemcpyHtoDAsync_v2(handle + (nint)offset, staging + staged, (nuint)bytes, stream), "cuMemcpyHtoDAsync");
        staged += bytes;
    }

    internal override void Read(nint handle, long offset, void* target, long bytes)
    {
        if (bytes > 0)
        {
            Enter();
            Check(cuMemcpyDtoHAsync_v2(target, handle + (nint)offset, (nuint)bytes, stream), "cuMemcpyDtoHAsync");
            Check(cuStreamSynchronize(stream), "cuStreamSynchronize");
        }
    }

    internal override void Zero(nint handle, long bytes)
    {
        if (bytes > 0)
        {
            Enter();
            Check(cuMemsetD8Async(handle, 0, (nuint)bytes, stream), "cuMemsetD8Async");
        }
    }

    internal override void Copy(nint source, nint target, long bytes)
    {
        if (bytes > 0)
        {
            Enter();
            Check(cuMemcpyDtoDAsync_v2(target, source, (nuint)bytes, stream), "cuMemcpyDtoDAsync");
        }
    }

    private protected override nint AllocateBytes(long bytes)
    {
        Enter();
        nint pointer;
        var result = cuMemAlloc_v2(&pointer, (nuint)bytes);
        if (result == OutOfMemory)
        {
            throw NoRoom(bytes);
        }
        Check(result, "cuMemAlloc");
        return pointer;
    }

    private protected override void FreeBytes(nint handle)
    {
        // After the driver has shut down there is nothing to free.
        if (cuCtxSetCurrent(context) == Success)
        {
            _ = cuMemFree_v2(handle);
        }
    }

    private protected override DeviceProgram Build(KernelText text)
    {
        Enter();
        var key = ImageCache.Key("cuda", compiler.Version, compiler.Target, string.Join(' ', compiler.Options), text.Full);
        var image = ImageCache.Find(key);
        if (image is null || !TryLoad(image, out var module, out _))
        {
            var (compiled, log) = compiler.Compile(text.Name, text.Full);
            image = compiled ?? throw DoesNotCompile(text, Compiler, log);
            if (!TryLoad(image, out module, out var failure))
            {
                throw CudaDriver.WhyImageIsRefused(failure.Result, CudaDriver.Version(), compiler.VersionNumber) is { } tooNew
                    ? new MissingLibraryException(tooNew)
                    : DoesNotCompile(text, "the CUDA driver", $"cuModuleLoadDataEx: {CudaDriver.NameOf(failure.Result)}\n{failure.Log}");
            }
            ImageCache.Keep(key, image);
        }
        return new(this, text, module, name =>
        {
            fixed (byte* p = Encoding.UTF8.GetBytes(name + '\0'))
            {
                nint function;
                Check(cuModuleGetFunction(&function, module, p), $"cuModuleGetFunction({name})");
                return function;
            }
        });
    }

    private protected override void Release(DeviceProgram program)
    {
        if (cuCtxSetCurrent(context) == Success)
        {
            _ = cuModuleUnload(program.Handle);
        }
    }

    private protected override void Enqueue(in Launch launch)
    {
        Enter();
        var count = launch.Arguments.Length;
        var values = stackalloc ulong[Math.Max(1, count)];
        var pointers = stackalloc void*[Math.Max(1, count)];
        for (var i = 0; i < count; i++)
        {
            values[i] = launch.Arguments[i].Bits;
            pointers[i] = values + i;
        }
        var kernel = launch.Kernel;
        if (!(startsEarly && kernel.Signature.StartsEarly))
        {
            Check(
                cuLaunchKernel(kernel.Handle, (uint)launch.Groups, 1, 1, (uint)launch.GroupSize, 1, 1, (uint)kernel.DynamicLocalBytes, stream, pointers, null),
                $"cuLaunchKernel({kernel.Signature.Name})");
            return;
        }
        var early = new LaunchAttribute { Id = ProgrammaticStreamSerialization, Value = 1 };
        var configuration = new LaunchConfiguration
        {
            Groups = (uint)launch.Groups,
            GroupsY = 1,
            GroupsZ = 1,
            GroupSize = (uint)launch.GroupSize,
            GroupSizeY = 1,
            GroupSizeZ = 1,
            LocalBytes = (uint)kernel.DynamicLocalBytes,
            Stream = stream,
            Attributes = &early,
            AttributeCount = 1,
        };
        Check(cuLaunchKernelEx(&configuration, kernel.Handle, pointers, null), $"cuLaunchKernelEx({kernel.Signature.Name})");
    }

    internal override int LocalRoom { get; }

    internal override void ReserveLocal(DeviceKernel kernel, int bytes)
    {
        Enter();
        Check(cuFuncSetAttribute(kernel.Handle, MaximumDynamicSharedBytes, bytes), $"cuFuncSetAttribute({kernel.Signature.Name})");
    }

    private protected override KernelResources? ResourcesOf(in Launch launch)
    {
        Enter();
        int registers, localBytes, groups;
        var kernel = launch.Kernel;
        Check(cuFuncGetAttribute(&registers, RegistersOfAThread, kernel.Handle), "cuFuncGetAttribute");
        Check(cuFuncGetAttribute(&localBytes, LocalBytesOfAThread, kernel.Handle), "cuFuncGetAttribute");
        Check(
            cuOccupancyMaxActiveBlocksPerMultiprocessor(&groups, kernel.Handle, launch.GroupSize, (nuint)kernel.DynamicLocalBytes), "cuOccupancyMaxActiveBlocksPerMultiprocessor");
        return new(registers, localBytes, groups);
    }

    /// <summary>By the device's own clock: that of the host sees the launch, too.</summary>
    private protected override double Timed(in Launch launch)
    {
        Enter();
        nint start, end;
        float milliseconds;
        Check(cuEventCreate(&start, 0), "cuEventCreate");
        Check(cuEventCreate(&end, 0), "cuEventCreate");
        Check(cuEventRecord(start, stream), "cuEventRecord");
        Enqueue(launch);
        Check(cuEventRecord(end, stream), "cuEventRecord");
        Check(cuEventSynchronize(end), "cuEventSynchronize");
        Check(cuEventElapsedTime(&milliseconds, start, end), "cuEventElapsedTime");
        _ = cuEventDestroy_v2(start);
        _ = cuEventDestroy_v2(end);
        return 1e-3 * milliseconds;
    }

    private protected override LaunchGraph Instantiate(Launch[] launches)
    {
        Enter();
        if (cuStreamBeginCapture_v2(stream, CaptureThreadLocal) != Success)
        {
            return base.Instantiate(launches);
        }
        foreach (var launch in launches)
        {
            Enqueue(launch);
        }
        nint graph, executable;
        Check(cuStreamEndCapture(stream, &graph), "cuStreamEndCapture");
        var result = cuGraphInstantiateWithFlags(&executable, graph, 0);
        _ = cuGraphDestroy(graph);
        Check(result, "cuGraphInstantiateWithFlags");
        return new Graph(this, launches, executable);
    }

    private protected override void Close()
    {
        if (cuCtxSetCurrent(context) == Success)
        {
            foreach (var pending in idle.Values.SelectMany(stack => stack))
            {
                pending.Free();
            }
            idle.Clear();
            _ = cuMemFreeHost(staging);
            _ = cuStreamDestroy_v2(stream);
            _ = cuDevicePrimaryCtxRelease_v2(device);
        }
    }

    /// <summary>A module of an image, or why the driver does not take it.</summary>
    private static bool TryLoad(byte[] image, out nint module, out (int Result, string Log) failure)
    {
        const int LogBytes = 8192;
        nint loaded;
        var log = stackalloc byte[LogBytes];
        log[0] = 0;
        var names = stackalloc int[2] { ErrorLogBuffer, ErrorLogBufferSize };
        var values = stackalloc void*[2] { log, (void*)LogBytes };
        fixed (byte* p = image)
        {
            var result = cuModuleLoadDataEx(&loaded, p, 2, names, values);
            (module, failure) = (result == Success ? loaded : 0, (result, result == Success ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(log))));
            return result == Success;
        }
    }

    /// <summary>Makes the device the one that calls of this thread go to.</summary>
    internal void Enter() => Check(cuCtxSetCurrent(context), "cuCtxSetCurrent");

    private static void Check(int result, string call)
    {
        if (result != Success)
        {
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"the CUDA device failed: {call}: {CudaDriver.NameOf(result)} ({result}); what was written is intact, go on with --resume, or use another --device"));
        }
    }

    private sealed class Graph(CudaDevice owner, Launch[] launches, nint executable) : LaunchGraph(owner, launches)
    {
        public override void Launch()
        {
            owner.Enter();
            Check(cuGraphLaunch(executable, owner.stream), "cuGraphLaunch");
        }

        protected override void Dispose(bool disposing)
        {
            if (cuCtxSetCurrent(owner.context) == Success)
            {
                _ = cuGraphExecDestroy(executable);
            }
        }
    }

    private interface IPending
    {
        void Free();
    }

    private sealed class Pending<T> : PendingRead<T>, IPending
        where T : unmanaged
    {
        private readonly CudaDevice owner;
        private readonly int length;

        public Pending(CudaDevice owner, int length)
        {
            (this.owner, this.length) = (owner, length);
            void* pinned;
            nint happening;
            Check(cuMemHostAlloc(&pinned, (nuint)Math.Max(1, length * sizeof(T)), 0), "cuMemHostAlloc");
            Check(cuEventCreate(&happening, DisableTiming), "cuEventCreate");
            Target = (T*)pinned;
            Happening = happening;
        }

        public T* Target { get; }

        public nint Happening { get; }

        public override bool IsDone
        {
            get
            {
                owner.Enter();
                var result = cuEventQuery(Happening);
                if (result != NotReady)
                {
                    Check(result, "cuEventQuery");
                }
                return result == Success;
            }
        }

        public override ReadOnlySpan<T> Wait()
        {
            owner.Enter();
            Check(cuEventSynchronize(Happening), "cuEventSynchronize");
            return new(Target, length);
        }

        public void Free()
        {
            _ = cuEventDestroy_v2(Happening);
            _ = cuMemFreeHost(Target);
        }

        protected override void Dispose(bool disposing)
        {
            if (!owner.idle.TryGetValue((typeof(T), length), out var free))
            {
                owner.idle.Add((typeof(T), length), free = new());
            }
            free.Push(this);
        }
    }
}
