using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>"embedding": tokens [N, T] → vectors [N, T, width].</summary>
public sealed record EmbeddingLayer : Layer
{
    /// <summary>Different tokens: 0 … vocabulary − 1.</summary>
    public required int Vocabulary { get; init; }

    public required int Width { get; init; }

    public PositionCode Positions { get; init; } = PositionCode.Learned;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequirePositive(("vocabulary", Vocabulary), ("width", Width));
        if (!shape.IsIndex)
        {
            throw builder.Error($"it is given numbers {shape}, expected tokens; the input of the network is of the type \"tokens\" then");
        }
        var length = shape.Sizes[0];
        var tokens = builder.Table("tokens", Vocabulary, Width);
        var places = Positions == PositionCode.Learned ? builder.Table("positions", length, Width) : null;
        var waves = Positions == PositionCode.Sinusoidal ? Sinusoids(length) : null;
        return new(new(Domain.Samples, [length, Width]), (context, ids) =>
        {
            var x = tokens.Forward(context, ids);
            if (places is not null)
            {
                return x + places.Forward(context, torch.arange(0, length, device: x.device).expand(ids.shape[0], length));
            }
            return waves is null ? x : x + torch.tensor(waves, [length, Width], x.dtype, x.device);
        });
    }

    private double[] Sinusoids(long length)
    {
        var values = new double[length * Width];
        for (var t = 0; t < length; t++)
        {
            for (var k = 0; k < Width; k++)
            {
                var angle = t * Math.Pow(10000, -(k / 2 * 2) / (double)Width);
                values[t * Width + k] = k % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
            }
        }
        return values;
    }
}
