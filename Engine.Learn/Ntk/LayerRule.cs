namespace Engine.Learn.Ntk;

/// <summary>How the gradient by a parameter follows from what was captured of a layer.</summary>
public enum LayerRule
{
    /// <summary>∂f/∂W = Σ_p g_p a_pᵀ, and ∂f/∂b = Σ_p g_p where there is a bias: dense layers, convolutions by patches, projections of attention.</summary>
    Product,

    /// <summary>∂f/∂v = Σ_p g_p: biases alone, scales and shifts of normalisations, any gradient that was formed already.</summary>
    Vector,

    /// <summary>∂f/∂E_r = Σ_{p: id_p = r} g_p: embeddings, of which a sample touches few rows.</summary>
    Table,
}
