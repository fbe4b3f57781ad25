using System.Runtime.InteropServices;

namespace Engine.Kernels.Devices;

/// <summary>The calls of OpenCL 1.2, as its header declares them.</summary>
internal static unsafe partial class OpenClApi
{
    [LibraryImport("opencl")]
    internal static partial int clGetPlatformIDs(uint entries, nint* platforms, uint* count);
    [LibraryImport("opencl")]
    internal static partial int clGetDeviceIDs(nint platform, ulong type, uint entries, nint* devices, uint* count);

    [LibraryImport("opencl")]
    internal static partial int clGetPlatformInfo(nint platform, uint parameter, nuint size, void* value, nuint* needed);

    [LibraryImport("opencl")]
    internal static partial int clGetDeviceInfo(nint device, uint parameter, nuint size, void* value, nuint* needed);

    [LibraryImport("opencl")]
    internal static partial nint clCreateContext(nint* properties, uint devices, nint* device, nint notify, nint user, int* error);

    [LibraryImport("opencl")]
    internal static partial int clReleaseContext(nint context);

    [LibraryImport("opencl")]
    internal static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport("opencl")]
    internal static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport("opencl")]
    internal static partial nint clCreateBuffer(nint context, ulong flags, nuint bytes, void* host, int* error);

    [LibraryImport("opencl")]
    internal static partial int clReleaseMemObject(nint memory);

    [LibraryImport("opencl")]
    internal static partial int clEnqueueWriteBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint bytes, void* source, uint waits, nint* wait, nint* done);

    [LibraryImport("opencl")]
    internal static partial int clEnqueueReadBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint bytes, void* target, uint waits, nint* wait, nint* done);

    [LibraryImport("opencl")]
    internal static partial int clEnqueueCopyBuffer(nint queue, nint source, nint target, nuint sourceOffset, nuint targetOffset, nuint bytes, uint waits, nint* wait, nint* done);

    [LibraryImport("opencl")]
    internal static partial int clEnqueueFillBuffer(nint queue, nint buffer, void* pattern, nuint patternBytes, nuint offset, nuint bytes, uint waits, nint* wait, nint* done);

    [LibraryImport("opencl")]
    internal static partial nint clCreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport("opencl")]
    internal static partial nint clCreateProgramWithBinary(nint context, uint devices, nint* device, nuint* lengths, byte** images, int* status, int* error);

    [LibraryImport("opencl")]
    internal static partial int clBuildProgram(nint program, uint devices, nint* device, byte* options, nint notify, nint user);

    [LibraryImport("opencl")]
    internal static partial int clGetProgramBuildInfo(nint program, nint device, uint parameter, nuint size, void* value, nuint* needed);

    [LibraryImport("opencl")]
    internal static partial int clGetProgramInfo(nint program, uint parameter, nuint size, void* value, nuint* needed);

    [LibraryImport("opencl")]
    internal static partial int clReleaseProgram(nint program);

    [LibraryImport("opencl")]
    internal static partial nint clCreateKernel(nint program, byte* name, int* error);

    [LibraryImport("opencl")]
    internal static partial int clReleaseKernel(nint kernel);

    [LibraryImport("opencl")]
    internal static partial int clSetKernelArg(nint kernel, uint index, nuint bytes, void* value);

    [LibraryImport("opencl")]
    internal static partial int clEnqueueNDRangeKernel(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* size, nuint* groupSize, uint waits, nint* wait, nint* done);

    [LibraryImport("opencl")]
    internal static partial int clFlush(nint queue);

    [LibraryImport("opencl")]
    internal static partial int clFinish(nint queue);

    [LibraryImport("opencl")]
    internal static partial int clWaitForEvents(uint count, nint* events);

    [LibraryImport("opencl")]
    internal static partial int clGetEventInfo(nint happening, uint parameter, nuint size, void* value, nuint* needed);

    [LibraryImport("opencl")]
    internal static partial int clReleaseEvent(nint happening);
}
