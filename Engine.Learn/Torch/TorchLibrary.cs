using System.Runtime.InteropServices;

namespace Engine.Learn.Torch;

/// <summary>The functions of native/torch.cpp.</summary>
internal static unsafe partial class TorchLibrary
{
    public const string Name = "torch";

    [LibraryImport(Name)]
    private static partial byte* torch_error();

    [LibraryImport(Name)]
    private static partial byte* torch_version();

    [LibraryImport(Name)]
    public static partial long torch_live();

    [LibraryImport(Name)]
    public static partial void torch_trim();

    [LibraryImport(Name)]
    public static partial int torch_cuda();

    [LibraryImport(Name)]
    public static partial int torch_threads(int count);

    [LibraryImport(Name)]
    public static partial int torch_grad_mode(int on);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint torch_tensor(void* data, long* sizes, int dimensions, int type, string device);

    [LibraryImport(Name)]
    public static partial void torch_free(nint handle);

    [LibraryImport(Name)]
    public static partial int torch_dimensions(nint handle);

    [LibraryImport(Name)]
    public static partial int torch_type(nint handle);

    [LibraryImport(Name)]
    public static partial void* torch_data(nint handle);

    [LibraryImport(Name)]
    public static partial void torch_shape(nint handle, long* sizes, long* strides);

    [LibraryImport(Name)]
    public static partial int torch_device(nint handle);

    [LibraryImport(Name)]
    public static partial int torch_read(nint handle, void* data, long bytes);

    [LibraryImport(Name)]
    public static partial int torch_requires_grad(nint handle, int value);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint torch_operator(string name, string overload);

    [LibraryImport(Name)]
    public static partial int torch_call(nint operation, NativeArgument* arguments, int count, NativeArgument* results, int capacity);

    [LibraryImport(Name)]
    public static partial int torch_grad(
        nint* outputs, nint* weights, int outputCount, nint* inputs, int inputCount, int retainGraph, int createGraph, int allowUnused, nint* gradients);

    public static string Version => Marshal.PtrToStringUTF8((nint)torch_version())!;

    /// <summary>The error of the last call of this thread that failed.</summary>
    public static TorchException Error(string operation) => new(operation, Marshal.PtrToStringUTF8((nint)torch_error())!);

    /// <summary>The result of a call, or its error.</summary>
    public static int Check(int result, string operation) => result >= 0 ? result : throw Error(operation);

    /// <summary>The handle that a call gave, or its error.</summary>
    public static nint Check(nint handle, string operation) => handle != 0 ? handle : throw Error(operation);

    /// <summary>An argument or result as the shim lays it out.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    public struct NativeArgument
    {
        [FieldOffset(0)]
        public ArgumentTag Tag;

        [FieldOffset(4)]
        public int Count;

        [FieldOffset(8)]
        public long Integer;

        [FieldOffset(8)]
        public double Real;

        [FieldOffset(8)]
        public nint Pointer;
    }
}
