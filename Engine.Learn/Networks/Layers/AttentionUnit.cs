using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>Heads of softmax(Q Kᵀ/√d) V with the four dense parts around them. A. Vaswani et al., NeurIPS (2017), arXiv:1706.03762, section 3.2.</summary>
internal sealed record AttentionUnit(DenseUnit Query, DenseUnit Key, DenseUnit Value, DenseUnit Output, int Heads, bool Causal)
{
    /// <param name="name">Of the unit; null: that of the layer.</param>
    /// <param name="shape">Of what asks [N, T, width].</param>
    /// <param name="memory">Of what is asked [N, T', width'].</param>
    public static AttentionUnit Build(NetworkBuilder builder, string? name, Shape shape, Shape memory, int heads, bool causal)
    {
        builder.RequireSequences(shape);
        builder.RequireSequences(memory);
        builder.RequirePositive(("heads", heads));
        var width = shape.Width;
        if (width % heads != 0)
        {
            throw builder.Error($"heads is {heads}, expected a divisor of the width {width}");
        }
        using (name is null ? null : builder.Enter(name))
        {
            return new(
                builder.Dense("query", shape, width, width), builder.Dense("key", memory, memory.Width, width), builder.Dense("value", memory, memory.Width, width),
                builder.Dense("output", shape, width, width), heads, causal);
        }
    }

    public Tensor Forward(ForwardContext context, Tensor x, Tensor memory)
    {
        var (query, key, value) = (Split(Query.Forward(context, x)), Split(Key.Forward(context, memory)), Split(Value.Forward(context, memory)));
        var scores = (query * (1 / Math.Sqrt(query.shape[3]))).matmul(key.transpose(2, 3));
        if (Causal)
        {
            var (rows, columns) = (scores.shape[2], scores.shape[3]);
            scores = scores.masked_fill(torch.ones([rows, columns], scores.dtype, scores.device).tril().eq(torch.zeros([1], scores.dtype, scores.device)), double.NegativeInfinity);
        }
        return Output.Forward(context, scores.softmax(-1).matmul(value).transpose(1, 2).flatten(2));
    }

    /// <summary>[N, T, width] → [N, heads, T, width/heads].</summary>
    private Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], Heads, x.shape[2] / Heads).transpose(1, 2);
}
