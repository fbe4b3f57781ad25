namespace Engine.Learn.Networks.Layers;

/// <summary>"encoderBlock": self attention and two dense parts, each around which x goes on, of sequences [N, T, width]. A. Vaswani et al., arXiv:1706.03762.</summary>
public sealed record EncoderBlockLayer : Layer
{
    public required int Heads { get; init; }

    /// <summary>Units between the two dense parts.</summary>
    public required int FeedForward { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether a position sees only itself and those before it.</summary>
    public bool Causal { get; init; }

    /// <summary>Whether x is normed before each part instead of after it.</summary>
    public bool NormFirst { get; init; } = true;

    /// <summary>Rate of dropout of each part.</summary>
    public double Dropout { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        DropoutLayer.Check(builder, Dropout);
        var attention = AttentionUnit.Build(builder, "attention", shape, shape, Heads, Causal);
        var feedForward = FeedForwardUnit.Build(builder, shape, FeedForward, Activation);
        var block = new TransformerBlock(builder, shape, NormFirst, Dropout);
        block.Add("attentionNorm", (context, x) => attention.Forward(context, x, x));
        block.Add("feedForwardNorm", feedForward.Forward);
        return new(shape, block.Forward);
    }
}
