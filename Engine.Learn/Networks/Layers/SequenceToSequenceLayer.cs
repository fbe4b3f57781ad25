using Engine.Kernels.Errors;

namespace Engine.Learn.Networks.Layers;

/// <summary>"sequenceToSequence": the encoder reads the input; the decoder reads its own (decoderLength of the input, <see cref="Batch.DecoderInput"/>) and attends to the encoder.</summary>
public sealed record SequenceToSequenceLayer : Layer
{
    public required IReadOnlyList<Layer> Encoder { get; init; }

    public required IReadOnlyList<Layer> Decoder { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var given = builder.DecoderInput ?? throw builder.Error("the decoder has no input; give the input of the network a decoderLength");
        var encoder = builder.Sequence(Encoder, shape, "encoder");
        builder.RequireSequences(encoder.Shape);
        builder.Memory = encoder.Shape;
        var decoder = builder.Sequence(Decoder, given, "decoder");
        builder.Memory = null;
        return new(decoder.Shape, (context, x) =>
        {
            context.Memory = encoder.Forward(context, x);
            return decoder.Forward(context, context.Batch.DecoderInput ?? throw new InputException("the network has a decoder, but the batch has no input for it"));
        });
    }
}
