using System.Runtime.InteropServices;

namespace Engine.Kernels.Devices;

/// <summary>The calls of the CUDA driver and of NVRTC, by their versioned names: the plain ones change meaning from release to release.</summary>
internal static unsafe partial class CudaApi
{
    /// <summary>CUlaunchAttribute.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct LaunchAttribute
    {
        [FieldOffset(0)]
        public int Id;

        [FieldOffset(8)]
        public int Value;
    }

    /// <summary>CUlaunchConfig.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LaunchConfiguration
    {
        public uint Groups, GroupsY, GroupsZ, GroupSize, GroupSizeY, GroupSizeZ, LocalBytes;
        public nint Stream;
        public LaunchAttribute* Attributes;
        public uint AttributeCount;
    }

    /// <summary>Since 11.8.</summary>
    [LibraryImport("cuda")]
    internal static partial int cuLaunchKernelEx(LaunchConfiguration* configuration, nint function, void** parameters, void** extra);

    [LibraryImport("cuda")]
    internal static partial int cuInit(uint flags);
    [LibraryImport("cuda")]
    internal static partial int cuDriverGetVersion(int* version);

    [LibraryImport("cuda")]
    internal static partial int cuDeviceGetCount(int* count);

    [LibraryImport("cuda")]
    internal static partial int cuDeviceGet(int* device, int ordinal);

    [LibraryImport("cuda")]
    internal static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport("cuda")]
    internal static partial int cuDeviceTotalMem_v2(nuint* bytes, int device);

    [LibraryImport("cuda")]
    internal static partial int cuDeviceGetAttribute(int* value, int attribute, int device);

    [LibraryImport("cuda")]
    internal static partial int cuGetErrorName(int result, byte** name);

    [LibraryImport("cuda")]
    internal static partial int cuGetErrorString(int result, byte** text);

    [LibraryImport("cuda")]
    internal static partial int cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport("cuda")]
    internal static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport("cuda")]
    internal static partial int cuCtxSetCurrent(nint context);

    [LibraryImport("cuda")]
    internal static partial int cuMemAlloc_v2(nint* pointer, nuint bytes);

    [LibraryImport("cuda")]
    internal static partial int cuMemGetInfo_v2(nuint* free, nuint* total);

    [LibraryImport("cuda")]
    internal static partial int cuMemFree_v2(nint pointer);

    [LibraryImport("cuda")]
    internal static partial int cuMemHostAlloc(void** pointer, nuint bytes, uint flags);

    [LibraryImport("cuda")]
    internal static partial int cuMemFreeHost(void* pointer);

    [LibraryImport("cuda")]
    internal static partial int cuMemcpyHtoDAsync_v2(nint target, void* source, nuint bytes, nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuMemcpyDtoHAsync_v2(void* target, nint source, nuint bytes, nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuMemcpyDtoDAsync_v2(nint target, nint source, nuint bytes, nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuMemsetD8Async(nint target, byte value, nuint bytes, nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuStreamCreate(nint* stream, uint flags);

    [LibraryImport("cuda")]
    internal static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuCtxSynchronize();

    [LibraryImport("cuda")]
    internal static partial int cuStreamSynchronize(nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuStreamBeginCapture_v2(nint stream, int mode);

    [LibraryImport("cuda")]
    internal static partial int cuStreamEndCapture(nint stream, nint* graph);

    [LibraryImport("cuda")]
    internal static partial int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    [LibraryImport("cuda")]
    internal static partial int cuGraphDestroy(nint graph);

    [LibraryImport("cuda")]
    internal static partial int cuGraphExecDestroy(nint executable);

    [LibraryImport("cuda")]
    internal static partial int cuGraphLaunch(nint executable, nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuModuleLoadDataEx(nint* module, void* image, uint options, int* names, void** values);

    [LibraryImport("cuda")]
    internal static partial int cuModuleUnload(nint module);

    [LibraryImport("cuda")]
    internal static partial int cuModuleGetFunction(nint* function, nint module, byte* name);

    [LibraryImport("cuda")]
    internal static partial int cuFuncGetAttribute(int* value, int attribute, nint function);

    [LibraryImport("cuda")]
    internal static partial int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* groups, nint function, int groupSize, nuint sharedBytes);

    [LibraryImport("cuda")]
    internal static partial int cuFuncSetAttribute(nint function, int attribute, int value);

    [LibraryImport("cuda")]
    internal static partial int cuLaunchKernel(nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** arguments, void** extra);

    [LibraryImport("cuda")]
    internal static partial int cuEventCreate(nint* happening, uint flags);

    [LibraryImport("cuda")]
    internal static partial int cuEventRecord(nint happening, nint stream);

    [LibraryImport("cuda")]
    internal static partial int cuEventQuery(nint happening);

    [LibraryImport("cuda")]
    internal static partial int cuEventSynchronize(nint happening);

    [LibraryImport("cuda")]
    internal static partial int cuEventElapsedTime(float* milliseconds, nint start, nint end);

    [LibraryImport("cuda")]
    internal static partial int cuEventDestroy_v2(nint happening);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcVersion(int* major, int* minor);

    [LibraryImport("nvrtc")]
    internal static partial byte* nvrtcGetErrorString(int result);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetNumSupportedArchs(int* count);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetSupportedArchs(int* architectures);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcCreateProgram(nint* program, byte* text, byte* name, int headers, byte** headerTexts, byte** headerNames);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcCompileProgram(nint program, int count, byte** options);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcDestroyProgram(nint* program);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetProgramLogSize(nint program, nuint* size);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetCUBINSize(nint program, nuint* size);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetCUBIN(nint program, byte* image);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetPTXSize(nint program, nuint* size);

    [LibraryImport("nvrtc")]
    internal static partial int nvrtcGetPTX(nint program, byte* image);
}
