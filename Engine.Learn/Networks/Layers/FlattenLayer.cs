namespace Engine.Learn.Networks.Layers;

/// <summary>"flatten": everything but the samples in one axis.</summary>
public sealed record FlattenLayer : Layer
{
    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        if (shape.Domain != Domain.Samples)
        {
            throw builder.Error($"it is given {shape}; put a readout before it");
        }
        return new(shape.With(shape.Count), static (_, x) => x.flatten(1));
    }
}
