using System.Text;
using Engine.Kernels.Errors;
using static Engine.Kernels.Devices.OpenClApi;

namespace Engine.Kernels.Devices;

/// <summary>A device reached through OpenCL 1.2: one context, one in-order queue.</summary>
internal sealed unsafe class OpenClDevice : Device
{
    private const ulong ReadWrite = 1;
    private const uint BuildLog = 0x1183;
    private const uint BinarySizes = 0x1165;
    private const uint Binaries = 0x1166;
    private const uint MaxWorkGroupSize = 0x1004;
    private const uint MaxAllocation = 0x1010;
    private const uint LocalMemorySize = 0x1023;
    private const uint EventStatus = 0x11D3;
    private const int DeviceNotFound = -1;
    private const int DeviceNotAvailable = -2;
    private const int AllocationFailure = -4;
    private const int OutOfResources = -5;
    private const int OutOfHostMemory = -6;
    private const int InvalidBufferSize = -61;

    /// <summary>Contraction of a·b + c is allowed, as it is by NVRTC; nothing else that fast-math would change.</summary>
    private const string Options = "-cl-std=CL1.2 -cl-mad-enable";

    private readonly nint device;
    private readonly nint context;
    private readonly nint queue;

    public OpenClDevice(DeviceDescription description)
        : base(description)
    {
        if (!description.Features.Contains(OpenClDriver.Double))
        {
            throw new MissingLibraryException(
                $"{description.Address} ({description.Name}) does not compute in double precision (cl_khr_fp64), which sums over particles need; use another device");
        }
        device = OpenClDriver.Handle(description.Index);
        int error;
        var handle = device;
        context = clCreateContext(null, 1, &handle, 0, 0, &error);
        Check(error, "clCreateContext");
        queue = clCreateCommandQueue(context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        nuint size;
        ulong local, largest;
        Check(clGetDeviceInfo(device, MaxWorkGroupSize, (nuint)sizeof(nuint), &size, null), "clGetDeviceInfo");
        Check(clGetDeviceInfo(device, LocalMemorySize, sizeof(ulong), &local, null), "clGetDeviceInfo");
        Check(clGetDeviceInfo(device, MaxAllocation, sizeof(ulong), &largest, null), "clGetDeviceInfo");
        (MaximumGroupSize, LocalMemoryBytes, LargestBuffer) = ((int)Math.Min(size, 1024), (long)local, (long)largest);
    }

    public override int MaximumGroupSize { get; }

    public override long LocalMemoryBytes { get; }

    public override long LargestBuffer { get; }

    public override void Synchronize() => Check(clFinish(queue), "clFinish");

    public override PendingRead<T> ReadLater<T>(DeviceBuffer<T> buffer)
    {
        var pending = new Pending<T>(this, checked((int)buffer.Length));
        nint happening;
        Check(
            clEnqueueReadBuffer(queue, buffer.Handle, 0, 0, (nuint)buffer.Bytes, pending.Target, 0, null, &happening), "clEnqueueReadBuffer");
        pending.Happening = happening;
        Check(clFlush(queue), "clFlush");
        return pending;
    }

    internal override void Write(nint handle, long offset, void* source, long bytes)
    {
        if (bytes > 0)
        {
            Check(clEnqueueWriteBuffer(queue, handle, 1, (nuint)offset, (nuint)bytes, source, 0, null, null), "clEnqueueWriteBuffer");
        }
    }

    internal override void Read(nint handle, long offset, void* target, long bytes)
    {
        if (bytes > 0)
        {
            Check(clEnqueueReadBuffer(queue, handle, 1, (nuint)offset, (nuint)bytes, target, 0, null, null), "clEnqueueReadBuffer");
        }
    }

    internal override void Zero(nint handle, long bytes)
    {
        byte zero = 0;
        if (bytes > 0)
        {
            Check(clEnqueueFillBuffer(queue, handle, &zero, 1, 0, (nuint)bytes, 0, null, null), "clEnqueueFillBuffer");
        }
    }

    internal override void Copy(nint source, nint target, long bytes)
    {
        if (bytes > 0)
        {
            Check(clEnqueueCopyBuffer(queue, source, target, 0, 0, (nuint)bytes, 0, null, null), "clEnqueueCopyBuffer");
        }
    }

    private protected override nint AllocateBytes(long bytes)
    {
        // Memory is only taken when it is first used: what is certain not to fit is refused here.
        if (bytes > LargestBuffer || BytesAllocated + bytes > Description.MemoryBytes)
        {
            throw NoRoom(bytes);
        }
        int error;
        var handle = clCreateBuffer(context, ReadWrite, (nuint)bytes, null, &error);
        return error is AllocationFailure or OutOfResources or OutOfHostMemory or InvalidBufferSize
            ? throw NoRoom(bytes)
            : Checked(handle, error, "clCreateBuffer");
    }

    private protected override void FreeBytes(nint handle) => _ = clReleaseMemObject(handle);

    private protected override DeviceProgram Build(KernelText text)
    {
        var key = ImageCache.Key("opencl", Description.Name, Description.Driver, string.Join(' ', Description.Features), Options, text.Full);
        var program = ImageCache.Find(key) is { } image ? FromImage(image) : 0;
        if (program == 0)
        {
            program = FromSource(text);
            ImageCache.Keep(key, Image(program));
        }
        return new(this, text, program, name =>
        {
            fixed (byte* p = Encoding.UTF8.GetBytes(name + '\0'))
            {
                int error;
                var kernel = clCreateKernel(program, p, &error);
                return Checked(kernel, error, $"clCreateKernel({name})");
            }
        });
    }

    private protected override void Release(DeviceProgram program)
    {
        foreach (var kernel in program.Kernels)
        {
            _ = clReleaseKernel(kernel.Handle);
        }
        _ = clReleaseProgram(program.Handle);
    }

    private protected override void Enqueue(in Launch launch)
    {
        var kernel = launch.Kernel;
        for (var i = 0; i < launch.Arguments.Length; i++)
        {
            var bits = launch.Arguments[i].Bits;
            Check(clSetKernelArg(kernel.Handle, (uint)i, (nuint)launch.Arguments[i].Bytes, &bits), $"clSetKernelArg({kernel.Signature.Name}, {i})");
        }
        var size = (nuint)launch.Groups * (nuint)launch.GroupSize;
        var group = (nuint)launch.GroupSize;
        Check(clEnqueueNDRangeKernel(queue, kernel.Handle, 1, null, &size, &group, 0, null, null), $"clEnqueueNDRangeKernel({kernel.Signature.Name})");
    }

    private protected override void Close()
    {
        _ = clReleaseCommandQueue(queue);
        _ = clReleaseContext(context);
    }

    private nint FromSource(KernelText text)
    {
        int error;
        nint program;
        var bytes = Encoding.UTF8.GetBytes(text.Full);
        var length = (nuint)bytes.Length;
        fixed (byte* p = bytes)
        {
            var pointer = p;
            program = clCreateProgramWithSource(context, 1, &pointer, &length, &error);
        }
        Check(error, "clCreateProgramWithSource");
        if (!Compile(program))
        {
            nuint size;
            _ = clGetProgramBuildInfo(program, device, BuildLog, 0, null, &size);
            var log = new byte[size];
            fixed (byte* p = log)
            {
                _ = clGetProgramBuildInfo(program, device, BuildLog, size, p, null);
            }
            _ = clReleaseProgram(program);
            throw DoesNotCompile(text, Description.Driver, Encoding.UTF8.GetString(log).TrimEnd('\0'));
        }
        return program;
    }

    /// <summary>A program of a kept image, or 0 where the driver does not take it.</summary>
    private nint FromImage(byte[] image)
    {
        int error, status;
        nint program;
        var length = (nuint)image.Length;
        var handle = device;
        fixed (byte* p = image)
        {
            var pointer = p;
            program = clCreateProgramWithBinary(context, 1, &handle, &length, &pointer, &status, &error);
        }
        if (error != 0 || status != 0)
        {
            return 0;
        }
        if (Compile(program))
        {
            return program;
        }
        _ = clReleaseProgram(program);
        return 0;
    }

    private bool Compile(nint program)
    {
        var handle = device;
        fixed (byte* options = Encoding.UTF8.GetBytes(Options + '\0'))
        {
            return clBuildProgram(program, 1, &handle, options, 0, 0) == 0;
        }
    }

    private static byte[] Image(nint program)
    {
        nuint size;
        Check(clGetProgramInfo(program, BinarySizes, (nuint)sizeof(nuint), &size, null), "clGetProgramInfo");
        var image = new byte[size];
        fixed (byte* p = image)
        {
            var pointer = p;
            Check(clGetProgramInfo(program, Binaries, (nuint)sizeof(byte*), &pointer, null), "clGetProgramInfo");
        }
        return image;
    }

    private static nint Checked(nint handle, int error, string call)
    {
        Check(error, call);
        return handle;
    }

    private static void Check(int result, string call)
    {
        if (result == 0)
        {
            return;
        }
        throw result is DeviceNotFound or DeviceNotAvailable
            ? new RunFailedException($"the OpenCL device was lost: {call} failed ({result}); what was written is intact, go on with --resume when it is back")
            : new RunFailedException($"OpenCL call {call} failed with error {result}; expected success; see the driver's log, or use another --device");
    }

    private sealed class Pending<T>(OpenClDevice owner, int length) : PendingRead<T>
        where T : unmanaged
    {
        private readonly T[] target = GC.AllocateUninitializedArray<T>(length, pinned: true);

        public nint Happening { get; set; }

        public T* Target => (T*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(target));

        public override bool IsDone
        {
            get
            {
                int status;
                Check(clGetEventInfo(Happening, EventStatus, sizeof(int), &status, null), "clGetEventInfo");
                return status <= 0;
            }
        }

        public override ReadOnlySpan<T> Wait()
        {
            var happening = Happening;
            Check(clWaitForEvents(1, &happening), "clWaitForEvents");
            GC.KeepAlive(owner);
            return target;
        }

        protected override void Dispose(bool disposing) => _ = clReleaseEvent(Happening);
    }
}
