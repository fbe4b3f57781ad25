namespace Engine.Learn.Networks.Layers;

/// <summary>"residual": activation(layers(x) + x), or with a projection activation(layers(x) + projection(x)). K. He et al., CVPR (2016), arXiv:1512.03385.</summary>
public sealed record ResidualLayer : Layer
{
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Brings x into the shape of what the layers give; by default x itself is added.</summary>
    public IReadOnlyList<Layer> Projection { get; init; } = [];

    public Activation Activation { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var inner = builder.Sequence(Layers, shape);
        var around = builder.Sequence(Projection, shape, "projection");
        if (!inner.Shape.Sizes.SequenceEqual(around.Shape.Sizes))
        {
            throw builder.Error($"the layers give {inner.Shape}, what is added to it is {around.Shape}; give it a projection of that shape");
        }
        return new(inner.Shape, (context, x) => Activation.Apply(inner.Forward(context, x) + around.Forward(context, x)));
    }
}
