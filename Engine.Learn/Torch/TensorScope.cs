namespace Engine.Learn.Torch;

/// <summary>
/// Tensors made on this thread while it is the innermost scope are freed with it, unless <see cref="Keep(Tensor)"/> gave them to the scope around it. What TorchSharp calls a
/// dispose scope. Tensors made outside any scope belong to whoever made them.
/// </summary>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? innermost;

    private readonly TensorScope? outer;
    private readonly HashSet<Tensor> tensors = [];
    private bool disposed;

    public TensorScope()
    {
        outer = innermost;
        innermost = this;
    }

    /// <summary>The scope that a new tensor belongs to; null outside any.</summary>
    internal static TensorScope? Innermost => innermost;

    /// <summary>Hands a tensor to the scope around this one.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (tensors.Remove(tensor))
        {
            tensor.Owner = outer;
            outer?.Add(tensor);
        }
        return tensor;
    }

    /// <summary>Hands tensors to the scope around this one.</summary>
    public Tensor[] Keep(IReadOnlyList<Tensor> list) => [.. list.Select(Keep)];

    /// <summary>Takes a tensor out of all scopes: it lives until it is disposed of.</summary>
    public static Tensor Release(Tensor tensor)
    {
        tensor.Owner?.Remove(tensor);
        tensor.Owner = null;
        return tensor;
    }

    /// <summary>Frees what the scope holds.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open.</exception>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        if (innermost != this)
        {
            throw new InvalidOperationException("A tensor scope was left before one inside it, or on another thread.");
        }
        disposed = true;
        innermost = outer;
        foreach (var tensor in tensors)
        {
            tensor.Owner = null;
            tensor.Dispose();
        }
        tensors.Clear();
    }

    internal void Add(Tensor tensor) => tensors.Add(tensor);

    internal void Remove(Tensor tensor) => tensors.Remove(tensor);
}
