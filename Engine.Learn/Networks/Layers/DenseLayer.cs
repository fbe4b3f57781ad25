namespace Engine.Learn.Networks.Layers;

/// <summary>"dense": activation(x Wᵀ + b) over the last axis.</summary>
public sealed record DenseLayer : Layer
{
    /// <summary>Size of the last axis of what it gives.</summary>
    public required int Units { get; init; }

    public Activation Activation { get; init; }

    /// <summary>Whether there is b.</summary>
    public bool Bias { get; init; } = true;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        builder.RequirePositive(("units", Units));
        builder.RequireNumbers(shape);
        var unit = builder.Dense(null, shape, shape.Width, Units, Bias);
        return new(shape.WithWidth(Units), (context, x) => Activation.Apply(unit.Forward(context, x)));
    }
}
