namespace Engine.Learn.Networks.Layers;

/// <summary>
/// "variationalAutoEncoder": the encoder's vector gives the outputs "mean" and "logVariance" of a normal distribution; mean + e^(logVariance/2) ∘ <see cref="Batch.Noise"/> is decoded,
/// the mean where there is no noise. D. P. Kingma and M. Welling, ICLR (2014), arXiv:1312.6114.
/// </summary>
public sealed record VariationalAutoEncoderLayer : Layer
{
    /// <summary>Latent variables.</summary>
    public required int Latent { get; init; }

    public required IReadOnlyList<Layer> Encoder { get; init; }

    public required IReadOnlyList<Layer> Decoder { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequirePositive(("latent", Latent));
        var encoder = builder.Sequence(Encoder, shape, "encoder");
        if (encoder.Shape.Sizes.Length != 1 || encoder.Shape.Domain != Domain.Samples)
        {
            throw builder.Error($"the encoder gives {encoder.Shape}, expected a vector for each sample");
        }
        var mean = builder.Dense("mean", encoder.Shape, encoder.Shape.Width, Latent);
        var logVariance = builder.Dense("logVariance", encoder.Shape, encoder.Shape.Width, Latent);
        var decoder = builder.Sequence(Decoder, encoder.Shape.WithWidth(Latent), "decoder");
        builder.Latent = Latent;
        return new(decoder.Shape, (context, x) =>
        {
            var encoded = encoder.Forward(context, x);
            var (centre, spread) = (mean.Forward(context, encoded), logVariance.Forward(context, encoded));
            context.Report("mean", centre);
            context.Report("logVariance", spread);
            return decoder.Forward(context, context.Batch.Noise is { } noise ? centre + (spread * 0.5).exp() * noise : centre);
        });
    }
}
