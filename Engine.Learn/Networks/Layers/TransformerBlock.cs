using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>Parts around each of which x goes on unchanged, with a layer norm before the part, or after the sum.</summary>
internal sealed class TransformerBlock(NetworkBuilder builder, Shape shape, bool normFirst, double dropout)
{
    private readonly List<Func<ForwardContext, Tensor, Tensor>> parts = [];

    /// <param name="name">Of its norm.</param>
    /// <param name="part">From x, normed, to what is added to x.</param>
    public void Add(string name, Func<ForwardContext, Tensor, Tensor> part)
    {
        using (builder.Enter(name))
        {
            var norm = LayerNormLayer.Norm(builder, shape);
            parts.Add(normFirst
                ? (context, x) => x + DropoutLayer.Apply(context, part(context, norm(context, x)), dropout)
                : (context, x) => norm(context, x + DropoutLayer.Apply(context, part(context, x), dropout)));
        }
    }

    public Tensor Forward(ForwardContext context, Tensor x)
    {
        foreach (var part in parts)
        {
            x = part(context, x);
        }
        return x;
    }
}
