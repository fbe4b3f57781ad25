using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Z = x ∘ w + b along the last axis: what follows a normalisation.</summary>
internal sealed record AffineUnit(string Layer, Domain Domain, Parameter Weight, Parameter Bias)
{
    public Tensor Forward(ForwardContext context, Tensor x)
    {
        var z = x * Weight.Value + Bias.Value;
        if (context.IsRecording)
        {
            var positions = x.shape[1..^1].Aggregate(1L, (product, size) => product * size);
            context.Record(new(Layer, UseRule.Affine, Weight, Bias, context.RowsOf(x), z, static g => g.reshape(-1, g.shape[^1]), context.Offsets(Domain, positions)));
        }
        return z;
    }
}
