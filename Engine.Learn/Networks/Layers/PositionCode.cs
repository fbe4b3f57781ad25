namespace Engine.Learn.Networks.Layers;

/// <summary>How a token's place enters its vector.</summary>
public enum PositionCode
{
    None,

    /// <summary>A table of its own.</summary>
    Learned,

    /// <summary>Sines and cosines of 10000^(−2k/width) times the place. A. Vaswani et al., NeurIPS (2017), arXiv:1706.03762, section 3.5.</summary>
    Sinusoidal,
}
