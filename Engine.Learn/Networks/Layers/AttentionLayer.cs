namespace Engine.Learn.Networks.Layers;

/// <summary>"attention": multi-head self attention of sequences [N, T, width].</summary>
public sealed record AttentionLayer : Layer
{
    public required int Heads { get; init; }

    /// <summary>Whether a position sees only itself and those before it.</summary>
    public bool Causal { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var attention = AttentionUnit.Build(builder, null, shape, shape, Heads, Causal);
        return new(shape, (context, x) => attention.Forward(context, x, x));
    }
}
