namespace Engine.Learn.Ntk;

/// <summary>The size of what a layer adds to the kernel, from which routes are chosen and costs are estimated.</summary>
/// <param name="Name">Layers of one name share a kernel where kernels by layer are asked for.</param>
/// <param name="Rule">How gradients follow from inputs and derivatives.</param>
/// <param name="InputWidth">a, length of an input; 0 for rules without.</param>
/// <param name="GradientWidth">b, length of a derivative by the layer's output before activation.</param>
/// <param name="Positions">T, positions (pixels, tokens, nodes) of a sample on average; 1 for a dense layer.</param>
public sealed record LayerShape(string Name, LayerRule Rule, int InputWidth, int GradientWidth, double Positions)
{
    /// <summary>Whether sums over outputs need one row of derivatives instead of one for each output, see <see cref="LayerFactors{T}.Directions"/>.</summary>
    public bool IsSeparable { get; init; }

    /// <summary>Outputs whose derivatives are kept.</summary>
    /// <param name="outputs">Those that are wanted.</param>
    /// <param name="reduction">What becomes of them.</param>
    internal int Kept(int outputs, OutputReduction reduction) => IsSeparable && reduction.Kind is OutputReductionKind.MeanTrace or OutputReductionKind.SumTrace ? 1 : outputs;

    /// <summary>Elements that a sample keeps in memory, with that many outputs.</summary>
    internal double ElementsPerSample(int outputs) => Positions * InputWidth + (Rule == LayerRule.Vector ? 1 : Positions) * outputs * GradientWidth;
}
