namespace Engine.Learn.Networks;

/// <summary>What the first axis of a tensor counts.</summary>
internal enum Domain
{
    Samples,
    Nodes,
    Edges,
}

/// <summary>The shape of what flows from layer to layer.</summary>
/// <param name="Domain">What the first axis counts.</param>
/// <param name="Sizes">The other axes.</param>
/// <param name="IsIndex">Whether the elements are numbers of tokens.</param>
internal readonly record struct Shape(Domain Domain, long[] Sizes, bool IsIndex = false)
{
    /// <summary>Size of the last axis.</summary>
    public long Width => Sizes[^1];

    /// <summary>Elements of one entry of the first axis.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => product * size);

    /// <summary>The same with another last axis.</summary>
    public Shape WithWidth(long width) => this with { Sizes = [.. Sizes[..^1], width] };

    public Shape With(params long[] sizes) => this with { Sizes = sizes };

    public override string ToString() => $"[{Domain switch { Domain.Nodes => "nodes", Domain.Edges => "edges", _ => "N" }}, {string.Join(", ", Sizes)}]";
}

/// <summary>A layer with its parameters, ready to compute.</summary>
/// <param name="Shape">Of what it gives.</param>
/// <param name="Forward">From what it is given.</param>
internal readonly record struct Stage(Shape Shape, Func<ForwardContext, Torch.Tensor, Torch.Tensor> Forward);
