using static Engine.Learn.Torch.TorchLibrary;

namespace Engine.Learn.Torch;

/// <summary>
/// A tensor of libtorch. It is freed when it is disposed of, at the end of the <see cref="TensorScope"/> that it was made in, or at the latest by the garbage collector. Operators are
/// named as in PyTorch and TorchSharp.
/// </summary>
public sealed unsafe partial class Tensor : IDisposable
{
    private nint handle;

    /// <param name="handle">Taken over.</param>
    internal Tensor(nint handle)
    {
        this.handle = handle;
        Owner = TensorScope.Innermost;
        Owner?.Add(this);
    }

    ~Tensor() => Free();

    /// <summary>The scope that frees it.</summary>
    internal TensorScope? Owner { get; set; }

    internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor), "A tensor is used after its scope, or after it was disposed of.");

    /// <summary>Whether it was freed.</summary>
    public bool IsDisposed => handle == 0;

    /// <summary>Its sizes; empty for a scalar.</summary>
    public long[] shape => Shape().Sizes;

    /// <summary>Elements from one index to the next, of each dimension.</summary>
    public long[] stride() => Shape().Strides;

    public long dim() => torch_dimensions(Handle);

    public long numel() => shape.Aggregate(1L, (product, size) => product * size);

    public ScalarType dtype => (ScalarType)torch_type(Handle);

    /// <summary>The number of the CUDA device that holds it; −1 for the processor.</summary>
    public int device_index => torch_device(Handle);

    /// <summary>"cpu" or "cuda:0".</summary>
    public string device => device_index is >= 0 and var index ? $"cuda:{index}" : "cpu";

    /// <summary>The address of the first element, on its device.</summary>
    public nint data_ptr => (nint)torch_data(Handle);

    /// <summary>Whether gradients with respect to it are recorded; only a leaf can be told to.</summary>
    public bool requires_grad
    {
        get => Check(torch_requires_grad(Handle, -1), "requires_grad") != 0;
        set => Check(torch_requires_grad(Handle, value ? 1 : 0), "requires_grad");
    }

    /// <summary>The only element.</summary>
    public double item()
    {
        var values = to_double();
        return values.Length == 1 ? values[0] : throw new ArgumentException($"a tensor of the shape [{string.Join(", ", shape)}] is no scalar");
    }

    /// <summary>All elements in row-major order, as doubles.</summary>
    public double[] to_double() => dtype == ScalarType.Float64 ? Read<double>(this) : With(to(ScalarType.Float64), Read<double>);

    /// <summary>All elements in row-major order, as floats.</summary>
    public float[] to_float() => dtype == ScalarType.Float32 ? Read<float>(this) : With(to(ScalarType.Float32), Read<float>);

    /// <summary>All elements in row-major order, as 64-bit integers.</summary>
    public long[] to_long() => dtype == ScalarType.Int64 ? Read<long>(this) : With(to(ScalarType.Int64), Read<long>);

    /// <summary>All elements in row-major order, copied to memory of the element type.</summary>
    /// <exception cref="TorchException">The memory has another size.</exception>
    public void copy_to<T>(Span<T> destination)
        where T : unmanaged
    {
        fixed (T* p = destination)
        {
            Check(torch_read(Handle, p, (long)destination.Length * sizeof(T)), "copy_to");
        }
    }

    public void Dispose()
    {
        Owner?.Remove(this);
        Owner = null;
        Free();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => handle == 0 ? "a tensor that was disposed of" : $"[{string.Join(", ", shape)}] {dtype} {device}";

    private (long[] Sizes, long[] Strides) Shape()
    {
        var (sizes, strides) = (new long[dim()], new long[dim()]);
        fixed (long* s = sizes, t = strides)
        {
            torch_shape(Handle, s, t);
        }
        return (sizes, strides);
    }

    private static T[] Read<T>(Tensor tensor)
        where T : unmanaged
    {
        var values = new T[tensor.numel()];
        tensor.copy_to(values.AsSpan());
        return values;
    }

    private static T[] With<T>(Tensor converted, Func<Tensor, T[]> read)
    {
        using (converted)
        {
            return read(converted);
        }
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref handle, 0) is not 0 and var given)
        {
            torch_free(given);
        }
    }
}
