namespace Engine.Learn.Networks;

/// <summary>What the weights of a network start as; see <see cref="Initialisation"/>.</summary>
public enum InitialisationScheme
{
    /// <summary>Variance 1/fan-in. Y. LeCun et al., Efficient BackProp (1998).</summary>
    LeCun,

    /// <summary>Variance 2/fan-in. K. He et al., ICCV (2015), arXiv:1502.01852.</summary>
    He,

    /// <summary>Variance 2/(fan-in + fan-out). X. Glorot and Y. Bengio, AISTATS (2010).</summary>
    Xavier,

    /// <summary>Weights of variance 1, divided by √fan-in in the forward pass. A. Jacot et al., NeurIPS (2018), arXiv:1806.07572.</summary>
    Ntk,
}
