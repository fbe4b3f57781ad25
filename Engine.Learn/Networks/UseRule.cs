namespace Engine.Learn.Networks;

/// <summary>How a layer uses its parameters, which is what their gradient follows from; G = ∂f/∂Z by positions.</summary>
public enum UseRule
{
    /// <summary>Z = s A Wᵀ + s_b b: ∂f/∂W = s Σ_p G_pᵀ A_p, ∂f/∂b = s_b Σ_p G_p. Each group of outputs sees its group of inputs.</summary>
    Product,

    /// <summary>Z = A ∘ w + b: ∂f/∂w = Σ_p G_p ∘ A_p, ∂f/∂b = Σ_p G_p.</summary>
    Affine,

    /// <summary>Z_p = s W[A_p]: ∂f/∂W[k] = s Σ over p with A_p = k of G_p.</summary>
    Table,
}
