namespace Engine.Learn.Networks;

/// <summary>Some samples of a set, in an order of their own. Its targets belong to the tensor scope that it is made in.</summary>
public sealed class SampleSubset : SampleSet
{
    private readonly SampleSet whole;
    private readonly int[] chosen;

    /// <param name="whole">All samples.</param>
    /// <param name="chosen">Numbers of those that are meant, counted from 0.</param>
    public SampleSubset(SampleSet whole, IEnumerable<int> chosen)
        : this(whole, [.. chosen])
    {
    }

    private SampleSubset(SampleSet whole, int[] chosen)
        : base(whole.Targets is null ? null : whole.TargetsOf(chosen))
    {
        (this.whole, this.chosen) = (whole, chosen);
    }

    /// <inheritdoc/>
    public override int Count => chosen.Length;

    /// <inheritdoc/>
    public override Batch Take(ReadOnlySpan<int> samples)
    {
        var numbers = new int[samples.Length];
        for (var k = 0; k < numbers.Length; k++)
        {
            numbers[k] = chosen[samples[k]];
        }
        return whole.Take(numbers);
    }
}
