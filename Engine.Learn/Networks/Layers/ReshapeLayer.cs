namespace Engine.Learn.Networks.Layers;

/// <summary>"reshape": the same numbers of each sample in another shape.</summary>
public sealed record ReshapeLayer : Layer
{
    /// <summary>Without the axis of the samples.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var sizes = Shape.Select(size => (long)size).ToArray();
        if (shape.Domain != Domain.Samples || sizes.Length == 0 || sizes.Any(size => size < 1) || shape.With(sizes).Count != shape.Count)
        {
            throw builder.Error($"shape is [{string.Join(", ", Shape)}], expected {shape.Count} numbers for each sample, as in {shape}");
        }
        return new(shape.With(sizes), (_, x) => x.reshape([-1, .. sizes]));
    }
}
