namespace Engine.Learn.Networks.Layers;

/// <summary>"autoEncoder": decoder(encoder(x)); what the encoder gives is the output "latent".</summary>
public sealed record AutoEncoderLayer : Layer
{
    public required IReadOnlyList<Layer> Encoder { get; init; }

    public required IReadOnlyList<Layer> Decoder { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var encoder = builder.Sequence(Encoder, shape, "encoder");
        var decoder = builder.Sequence(Decoder, encoder.Shape, "decoder");
        return new(decoder.Shape, (context, x) =>
        {
            var latent = encoder.Forward(context, x);
            context.Report("latent", latent);
            return decoder.Forward(context, latent);
        });
    }
}
