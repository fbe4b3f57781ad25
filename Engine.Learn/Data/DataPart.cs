using Engine.Learn.Networks;

namespace Engine.Learn.Data;

/// <summary>Samples to learn, or those to test, and what was read of them.</summary>
/// <param name="Samples">As networks take them.</param>
/// <param name="Rows">Where they are among all of the data, from 0: rows of a table, or numbers of what was drawn.</param>
/// <param name="Targets">What a network should give for each, not scaled; null where nobody knows.</param>
/// <param name="Features">The numbers of each, not scaled; null where samples are no rows of numbers.</param>
public sealed record DataPart(SampleSet Samples, int[] Rows, PoolTargets? Targets, double[,]? Features)
{
    /// <summary>The number of the class of each; null where targets are no classes, or some are not known.</summary>
    public int[]? Classes => Targets is { IsComplete: true } ? Targets.Classes : null;
}
