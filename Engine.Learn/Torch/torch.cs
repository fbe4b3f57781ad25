using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Engine.Kernels.Native;
using static Engine.Learn.Torch.TorchLibrary;

namespace Engine.Learn.Torch;

#pragma warning disable CS8981 // The name that it has in PyTorch and TorchSharp.
/// <summary>libtorch: what makes tensors, and its settings. Names are those of PyTorch and TorchSharp.</summary>
public static unsafe class torch
#pragma warning restore CS8981
{
    private static readonly Operator Arange = new("aten::arange", "start_step");
    private static readonly Operator Concatenate = new("aten::cat");
    private static readonly Operator Eye = new("aten::eye");
    private static readonly Operator Empty = new("aten::empty", "memory_format");
    private static readonly Operator Full = new("aten::full");
    private static readonly Operator Stack = new("aten::stack");

    /// <summary>The version of the library.</summary>
    /// <exception cref="Kernels.Errors.MissingLibraryException">It is absent.</exception>
    public static string version => TorchLibrary.Version;

    /// <summary>Whether tensors may be on "cuda:0": there is such a device, and the library is built for it.</summary>
    public static bool cuda_is_available() => Check(torch_cuda(), "cuda_is_available") != 0;

    /// <summary>Handles of tensors not freed yet, of the whole process.</summary>
    public static long LiveHandles => torch_live();

    /// <summary>Gives memory that tensors have left back to the system; until then it is kept for the next ones.</summary>
    public static void trim_memory() => TorchLibrary.torch_trim();

    /// <summary>
    /// Threads that one operator may use. Sums are shared out among them, so that results depend on the number: they repeat for the same one, and 1 gives the same bits everywhere.
    /// OpenBLAS, where the library uses it, stays on the thread that calls it, as elsewhere in this program.
    /// </summary>
    public static void set_num_threads(int count)
    {
        Check(torch_threads(count), "set_num_threads");
        if (NativeLibraries.TryGet("blas", out var blas, out _) && NativeLibrary.TryGetExport(blas, "openblas_set_num_threads", out var call))
        {
            ((delegate* unmanaged<int, void>)call)(1);
        }
    }

    /// <summary>A copy of row-major data.</summary>
    public static Tensor tensor(ReadOnlySpan<double> data, long[] shape, string device = "cpu") => Make(data, shape, ScalarType.Float64, device);

    /// <inheritdoc cref="tensor(ReadOnlySpan{double}, long[], string)"/>
    public static Tensor tensor(ReadOnlySpan<float> data, long[] shape, string device = "cpu") => Make(data, shape, ScalarType.Float32, device);

    /// <inheritdoc cref="tensor(ReadOnlySpan{double}, long[], string)"/>
    public static Tensor tensor(ReadOnlySpan<long> data, long[] shape, string device = "cpu") => Make(data, shape, ScalarType.Int64, device);

    /// <summary>A copy of row-major data as 64-bit integers, which indices have to be.</summary>
    public static Tensor tensor(ReadOnlySpan<int> data, long[] shape, string device = "cpu")
    {
        var wide = new long[data.Length];
        TensorPrimitives.ConvertChecked(data, (Span<long>)wide);
        return tensor(wide, shape, device);
    }

    /// <summary>A vector.</summary>
    public static Tensor tensor(params double[] data) => tensor(data, [data.Length]);

    /// <summary>A copy of row-major data, rounded where the element type is narrower than double.</summary>
    public static Tensor tensor(ReadOnlySpan<double> data, long[] shape, ScalarType type, string device)
    {
        switch (type)
        {
            case ScalarType.Float64:
                return tensor(data, shape, device);
            case ScalarType.Float32:
                var narrow = new float[data.Length];
                for (var k = 0; k < narrow.Length; k++)
                {
                    narrow[k] = (float)data[k];
                }
                return tensor(narrow, shape, device);
            default:
                throw new ArgumentException($"element type {type}, expected Float32 or Float64", nameof(type));
        }
    }

    /// <summary>Numbers that may be any.</summary>
    public static Tensor empty(long[] shape, ScalarType type = ScalarType.Float32, string device = "cpu") =>
        Empty.Call(shape, type, Argument.None, device, Argument.None, Argument.None);

    public static Tensor zeros(long[] shape, ScalarType type = ScalarType.Float32, string device = "cpu") => full(shape, 0, type, device);

    public static Tensor ones(long[] shape, ScalarType type = ScalarType.Float32, string device = "cpu") => full(shape, 1, type, device);

    public static Tensor full(long[] shape, double value, ScalarType type = ScalarType.Float32, string device = "cpu") =>
        Full.Call(shape, value, type, Argument.None, device);

    /// <summary>The identity matrix.</summary>
    public static Tensor eye(long n, ScalarType type = ScalarType.Float32, string device = "cpu") => Eye.Call(n, type, Argument.None, device);

    /// <summary>start, start + step, … below stop, as 64-bit integers.</summary>
    public static Tensor arange(long start, long stop, long step = 1, string device = "cpu") =>
        Arange.Call(start, stop, step, ScalarType.Int64, Argument.None, device);

    public static Tensor cat(IReadOnlyList<Tensor> tensors, long dim = 0) => Concatenate.Call(tensors.ToArray(), dim);

    public static Tensor stack(IReadOnlyList<Tensor> tensors, long dim = 0) => Stack.Call(tensors.ToArray(), dim);

    private static Tensor Make<T>(ReadOnlySpan<T> data, long[] shape, ScalarType type, string device)
        where T : unmanaged
    {
        var expected = shape.Aggregate(1L, (product, size) => product * size);
        if (expected != data.Length)
        {
            throw new ArgumentException($"{data.Length} elements for the shape [{string.Join(", ", shape)}], expected {expected}", nameof(data));
        }
        fixed (T* p = data)
        fixed (long* s = shape)
        {
            return new(Check(torch_tensor(p, s, shape.Length, (int)type, device), "tensor"));
        }
    }
}
