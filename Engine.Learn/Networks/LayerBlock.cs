using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>All uses of the same parameters by one rule, as two blocks that their gradients for every sample follow from. Both are contiguous.</summary>
/// <param name="Layer">Path of the layer.</param>
/// <param name="Rule">What the gradient is.</param>
/// <param name="Weight">W or w.</param>
/// <param name="Bias">b; null where there is none.</param>
/// <param name="Input">
/// A [positions, a], or numbers of rows [positions]; layers that are given the same tensor share it. The patches of a convolution have their pixels one after another, the channels of each
/// side by side (weights have the pixels of each channel). Null for vectors.
/// </param>
/// <param name="Gradient">G = ∂f_c/∂Z [C, positions, b]; of vectors ∂f_c/∂w [C, N, b], summed over the positions of each sample, where all have as many.</param>
/// <param name="Offsets">First position of each sample, and the number of all positions [N + 1]; vectors that are summed have one for each sample.</param>
/// <param name="Scale">s: factor of W.</param>
/// <param name="BiasScale">s_b: factor of b.</param>
/// <param name="Groups">Groups of channels.</param>
/// <param name="Directions">Weights of the last layer over the norm of their column, [C, b], where only a function of each number comes between; null elsewhere.</param>
public sealed record LayerBlock(
    string Layer, UseRule Rule, Parameter Weight, Parameter? Bias, Tensor? Input, Tensor Gradient, int[] Offsets, double Scale, double BiasScale, int Groups,
    Tensor? Directions = null);
