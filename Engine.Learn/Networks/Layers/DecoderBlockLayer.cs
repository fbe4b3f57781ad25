using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>"decoderBlock": causal self attention, attention to what the encoder gives, and two dense parts; inside "sequenceToSequence". A. Vaswani et al., arXiv:1706.03762.</summary>
public sealed record DecoderBlockLayer : Layer
{
    public required int Heads { get; init; }

    /// <summary>Units between the two dense parts.</summary>
    public required int FeedForward { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether x is normed before each part instead of after it.</summary>
    public bool NormFirst { get; init; } = true;

    /// <summary>Rate of dropout of each part.</summary>
    public double Dropout { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        DropoutLayer.Check(builder, Dropout);
        var memory = builder.Memory ?? throw builder.Error("there is no encoder to attend to; put it into the decoder of a \"sequenceToSequence\", or take an encoderBlock that is causal");
        var self = AttentionUnit.Build(builder, "attention", shape, shape, Heads, causal: true);
        var cross = AttentionUnit.Build(builder, "crossAttention", shape, memory, Heads, causal: false);
        var feedForward = FeedForwardUnit.Build(builder, shape, FeedForward, Activation);
        var block = new TransformerBlock(builder, shape, NormFirst, Dropout);
        block.Add("attentionNorm", (context, x) => self.Forward(context, x, x));
        block.Add("crossAttentionNorm", (context, x) => cross.Forward(context, x, Encoded(context)));
        block.Add("feedForwardNorm", feedForward.Forward);
        return new(shape, block.Forward);
    }

    private static Tensor Encoded(ForwardContext context) => context.Memory ?? throw new InvalidOperationException("The decoder runs before the encoder.");
}
