namespace Engine.Learn.Ntk;

/// <summary>
/// Whether the gradients of a layer of several positions are formed, or only products of positions: what takes fewer operations. Both give the same kernel but for rounding.
/// </summary>
internal static class LayerRoute
{
    /// <summary>What an element of a Gram matrix costs beside its product, in multiply-adds of a product: it is read from the cache several times.</summary>
    private const double ElementCost = 8;

    /// <summary>Multiply-adds for a pair of samples by products of positions, Σ_pq (a_p·a_q)(g_p·g_q).</summary>
    public static double GhostCost(LayerShape shape, double otherPositions, int outputs, OutputReduction reduction)
    {
        var pairs = reduction.Kind == OutputReductionKind.Full ? (double)outputs * outputs : outputs;
        var combined = reduction.Kind is OutputReductionKind.Full or OutputReductionKind.Diagonal ? pairs : 1;
        return shape.Positions * otherPositions * (shape.InputWidth + pairs * shape.GradientWidth + ElementCost * combined);
    }

    /// <summary>Multiply-adds for a pair of samples by gradients, Σ_k ∂f/∂W_k ∂f'/∂W_k, with the share in forming them.</summary>
    public static double ExplicitCost(LayerShape shape, double otherPositions, int samples, int otherSamples, int outputs, OutputReduction reduction)
    {
        var gradient = (double)outputs * shape.InputWidth * shape.GradientWidth;
        var products = reduction.Kind == OutputReductionKind.Full ? outputs : 1;
        return gradient * (products + shape.Positions / otherSamples + otherPositions / samples);
    }

    /// <summary>Whether gradients are formed.</summary>
    public static bool IsExplicit(LayerShape shape, double otherPositions, int samples, int otherSamples, int outputs, OutputReduction reduction) =>
        shape.Rule == LayerRule.Product && Math.Max(shape.Positions, otherPositions) > 1
        && ExplicitCost(shape, otherPositions, samples, otherSamples, outputs, reduction) < GhostCost(shape, otherPositions, outputs, reduction);
}
