namespace Engine.Learn.Networks.Layers;

/// <summary>What becomes of the numbers that are pooled.</summary>
public enum PoolingMethod
{
    Average,
    Maximum,

    /// <summary>Of graphs only.</summary>
    Sum,
}
