using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Z = s x Wᵀ + s_b b over the last axis: the part of many layers that has the weights.</summary>
internal sealed record DenseUnit(string Layer, Domain Domain, Parameter Weight, Parameter? Bias, double Scale, double BiasScale)
{
    public Tensor Forward(ForwardContext context, Tensor x)
    {
        var weight = Scale == 1 ? Weight.Value : Weight.Value * Scale;
        var bias = Bias is null || BiasScale == 1 ? Bias?.Value : Bias.Value * BiasScale;
        var z = x.linear(weight, bias);
        if (context.IsRecording)
        {
            var positions = x.shape[1..^1].Aggregate(1L, (product, size) => product * size);
            context.Record(new(Layer, UseRule.Product, Weight, Bias, context.RowsOf(x), z, static g => g.reshape(-1, g.shape[^1]), context.Offsets(Domain, positions))
            {
                Scale = Scale,
                BiasScale = BiasScale,
            });
        }
        return z;
    }
}
