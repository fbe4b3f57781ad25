using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Some samples of another set, which has to outlive it.</summary>
public sealed class SampleSubset : SampleSet, IDisposable
{
    private readonly SampleSet whole;
    private readonly int[] chosen;

    /// <param name="whole">The set.</param>
    /// <param name="chosen">Numbers of its samples, in the order that they have here.</param>
    public SampleSubset(SampleSet whole, ReadOnlySpan<int> chosen)
        : base(TargetsOf(whole, chosen))
    {
        (this.whole, this.chosen) = (whole, chosen.ToArray());
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

    public void Dispose() => Targets?.Dispose();

    private static Tensor? TargetsOf(SampleSet whole, ReadOnlySpan<int> chosen)
    {
        if (whole.Targets is null)
        {
            return null;
        }
        using var scope = new TensorScope();
        return TensorScope.Release(whole.TargetsOf(chosen));
    }
}
