using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>Two dense parts with an activation between them, for each position.</summary>
internal sealed record FeedForwardUnit(DenseUnit Inner, DenseUnit Outer, Activation Activation)
{
    public static FeedForwardUnit Build(NetworkBuilder builder, Shape shape, int units, Activation activation)
    {
        builder.RequirePositive(("feedForward", units));
        return new(builder.Dense("feedForward.inner", shape, shape.Width, units), builder.Dense("feedForward.outer", shape, units, shape.Width), activation);
    }

    public Tensor Forward(ForwardContext context, Tensor x) => Outer.Forward(context, Activation.Apply(Inner.Forward(context, x)));
}
