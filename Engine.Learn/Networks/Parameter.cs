using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>A named tensor of a network: trained, or (<see cref="Network.Buffers"/>) kept up by a layer.</summary>
public sealed class Parameter : IDisposable
{
    internal Parameter(string name, Tensor value)
    {
        Name = name;
        Value = TensorScope.Release(value);
    }

    /// <summary>Path of its layer and what it is there: "residual1.convolution0.weight".</summary>
    public string Name { get; }

    public Tensor Value { get; }

    public long Count => Value.numel();

    public override string ToString() => $"{Name} {Value}";

    public void Dispose() => Value.Dispose();
}
