using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Rows of a table of vectors, by number.</summary>
internal sealed record TableUnit(string Layer, Parameter Weight, double Scale)
{
    /// <param name="ids">[N, T].</param>
    public Tensor Forward(ForwardContext context, Tensor ids)
    {
        var z = Weight.Value.embedding(ids);
        z = Scale == 1 ? z : z * Scale;
        if (context.IsRecording)
        {
            context.Record(new(Layer, UseRule.Table, Weight, null, ids.reshape(-1), z, static g => g.reshape(-1, g.shape[^1]), context.Offsets(Domain.Samples, ids.shape[1]))
            {
                Scale = Scale,
            });
        }
        return z;
    }
}
