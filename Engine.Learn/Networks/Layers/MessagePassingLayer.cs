using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>
/// "messagePassing": along each edge goes activation(W_m [source, target, edge] + b_m); messages that enter a node are summed or averaged, and the node becomes
/// activation(W_u [node, messages] + b_u). J. Gilmer et al., ICML (2017), arXiv:1704.01212.
/// </summary>
public sealed record MessagePassingLayer : Layer
{
    /// <summary>Features of a node afterwards.</summary>
    public required int Units { get; init; }

    /// <summary>Numbers in a message; by default <see cref="Units"/>.</summary>
    public int? Message { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Sum or average of the messages that enter a node.</summary>
    public PoolingMethod Aggregate { get; init; } = PoolingMethod.Sum;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        var size = Message ?? Units;
        builder.RequirePositive(("units", Units), ("message", size));
        if (shape.Domain != Domain.Nodes)
        {
            throw builder.Error($"it is given {shape}, expected nodes; the input of the network is of the type \"graph\" then");
        }
        if (Aggregate == PoolingMethod.Maximum)
        {
            throw builder.Error("aggregate is maximum, expected sum or average");
        }
        var message = builder.Dense("message", new(Domain.Edges, [size]), 2 * shape.Width + builder.EdgeFeatures, size);
        var update = builder.Dense("update", shape, shape.Width + size, Units);
        var edges = builder.EdgeFeatures > 0;
        return new(shape.WithWidth(Units), (context, nodes) =>
        {
            var graph = context.Graph;
            List<Tensor> ends = [nodes.index_select(0, graph.Sources), nodes.index_select(0, graph.Targets)];
            if (edges)
            {
                ends.Add(graph.EdgeFeatures ?? throw new Kernels.Errors.InputException("the network takes features of edges, but the batch has none"));
            }
            var messages = Activation.Apply(message.Forward(context, torch.cat(ends, 1)));
            var sums = ReadoutLayer.Pool(Aggregate, messages, graph.Targets, nodes.shape[0]);
            return Activation.Apply(update.Forward(context, torch.cat([nodes, sums], 1)));
        });
    }
}
