using Engine.Learn.Torch;

namespace Engine.Learn.Networks.Layers;

/// <summary>"readout": nodes of each graph → one vector [N, width], their sum or average.</summary>
public sealed record ReadoutLayer : Layer
{
    public PoolingMethod Method { get; init; } = PoolingMethod.Average;

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        if (shape.Domain != Domain.Nodes)
        {
            throw builder.Error($"it is given {shape}, expected nodes; the input of the network is of the type \"graph\" then");
        }
        if (Method == PoolingMethod.Maximum)
        {
            throw builder.Error("method is maximum, expected sum or average");
        }
        return new(new(Domain.Samples, shape.Sizes), (context, nodes) => Pool(Method, nodes, context.Graph.GraphOfNode, context.Graph.Count));
    }

    /// <summary>Sums or averages of the rows of each segment; zeros for a segment without any.</summary>
    internal static Tensor Pool(PoolingMethod method, Tensor rows, Tensor segments, long count)
    {
        var sums = torch.zeros([count, rows.shape[1]], rows.dtype, rows.device).index_add(0, segments, rows);
        if (method == PoolingMethod.Sum)
        {
            return sums;
        }
        var sizes = torch.zeros([count, 1], rows.dtype, rows.device).index_add(0, segments, torch.ones([rows.shape[0], 1], rows.dtype, rows.device));
        return sums / sizes.clamp_min(1);
    }
}
