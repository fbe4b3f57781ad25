namespace Engine.Learn.Networks;

/// <summary>How a layer uses its parameters, which is what their gradient follows from; G = ∂f/∂Z by positions.</summary>
public enum UseRule
{
    /// <summary>Z = s A Wᵀ + s_b b: ∂f/∂W = s Σ_p G_pᵀ A_p, ∂f/∂b = s_b Σ_p G_p. Each group of outputs sees its group of inputs.</summary>
    Product,

    /// <summary>A vector that multiplies or is added to what is normalised: positions have parts of its gradient, ∂f/∂w = Σ_p G_p.</summary>
    Vector,

    /// <summary>Z_p = s W[A_p]: ∂f/∂W[k] = s Σ over p with A_p = k of G_p.</summary>
    Table,
}
