using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>One use of the parameters of a layer in a forward pass: what their gradient for every sample follows from, once ∂f/∂<see cref="Output"/> is known.</summary>
/// <param name="Layer">Path of the layer.</param>
/// <param name="Rule">How parameters are used.</param>
/// <param name="Weight">W or w.</param>
/// <param name="Bias">b; null where there is none.</param>
/// <param name="Input">A: [positions, a] (two uses of the same tensor share it), or numbers of rows [positions]; null for vectors.</param>
/// <param name="Output">Z, as the layer computed it.</param>
/// <param name="Rows">From ∂f/∂Z to G [positions, b], in the order of <paramref name="Input"/>.</param>
/// <param name="Offsets">First position of each sample, and the number of all positions [N + 1].</param>
public sealed record ParameterUse(string Layer, UseRule Rule, Parameter Weight, Parameter? Bias, Tensor? Input, Tensor Output, Func<Tensor, Tensor> Rows, int[] Offsets)
{
    /// <summary>s: factor of W in the forward pass.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>s_b: factor of b in the forward pass.</summary>
    public double BiasScale { get; init; } = 1;

    /// <summary>Groups of channels.</summary>
    public int Groups { get; init; } = 1;
}
