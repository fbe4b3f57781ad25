namespace Engine.Learn.Networks.Layers;

/// <summary>"activation": a function on its own.</summary>
public sealed record ActivationLayer : Layer
{
    public required Activation Function { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequireNumbers(shape);
        return new(shape, (_, x) => Function.Apply(x));
    }
}
