namespace Engine.Core.Gap;

/// <summary>Kernel of a set: (2) the power of a dot product, or (1) a Gaussian.</summary>
public enum GapCovariance
{
    Gaussian = 1,
    DotProduct = 2,
}
