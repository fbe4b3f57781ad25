namespace Engine.Core.Gap.Fit;

/// <summary>How sparse points are chosen among the descriptors of the training frames; see <see cref="SparseSelection"/>.</summary>
public enum SparseMethod
{
    /// <summary>At random, by statistical leverage.</summary>
    Cur,

    /// <summary>Always the one farthest from those chosen.</summary>
    FarthestPoint,

    /// <summary>The ones nearest the centres of clusters.</summary>
    KMeans,

    /// <summary>Always the one whose energy the others predict worst.</summary>
    Covariance,

    /// <summary>One in each of equal parts of the range; for pairs.</summary>
    Uniform,

    /// <summary>At random.</summary>
    Random,
}
