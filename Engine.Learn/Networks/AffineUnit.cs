using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Z = x ∘ w + b along the last axis, x normalised before or here.</summary>
internal sealed record AffineUnit(string Layer, Domain Domain, Parameter Weight, Parameter Bias)
{
    public Tensor Forward(ForwardContext context, Tensor x)
    {
        var z = x * Weight.Value + Bias.Value;
        if (context.IsRecording)
        {
            Record(context, x, z);
        }
        return z;
    }

    /// <summary>Z = (x − mean) ∘ inverseDeviation ∘ w + b, with a normalisation that does not depend on x, as one line: one product forwards, and one backwards for each output.</summary>
    public Tensor Forward(ForwardContext context, Tensor x, Tensor mean, Tensor inverseDeviation)
    {
        var slope = inverseDeviation * Weight.Value;
        var z = x * slope + (Bias.Value - mean * slope);
        if (context.IsRecording)
        {
            Record(context, (x.detach() - mean) * inverseDeviation, z);
        }
        return z;
    }

    private void Record(ForwardContext context, Tensor x, Tensor z)
    {
        var positions = x.shape[1..^1].Aggregate(1L, (product, size) => product * size);
        var (offsets, rows) = (context.Offsets(Domain, positions), context.RowsOf(x));
        context.Record(new(Layer, UseRule.Vector, Weight, null, null, z, g => g.reshape(rows.shape) * rows, offsets));
        context.Record(new(Layer, UseRule.Vector, Bias, null, null, z, static g => g.reshape(-1, g.shape[^1]), offsets));
    }
}
