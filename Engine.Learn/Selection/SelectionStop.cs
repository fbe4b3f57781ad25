namespace Engine.Learn.Selection;

/// <summary>Why a selection ended.</summary>
public enum SelectionStop
{
    /// <summary>As many samples were chosen as were asked for.</summary>
    SizeReached,

    /// <summary>No sample left is as far as the threshold of distances.</summary>
    NothingFar,

    /// <summary>The largest distance did not fall for as many rounds as were allowed.</summary>
    NoProgress,

    /// <summary>The gradients of all samples left are combinations of those of the chosen ones.</summary>
    NothingIndependent,
}
