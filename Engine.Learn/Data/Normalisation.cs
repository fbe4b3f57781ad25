namespace Engine.Learn.Data;

/// <summary>How columns are scaled.</summary>
public enum Normalisation
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>To mean 0 and deviation 1 over the samples to learn; those to test by the same numbers, so that nothing of them is known beforehand.</summary>
    ZScore,

    /// <summary>To mean 0 and deviation 1 over all samples, as published studies did: what is learnt then knows a little of the samples to test.</summary>
    ZScoreAll,
}
