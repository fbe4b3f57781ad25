using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>Samples that networks are trained on and evaluated for, taken a few at a time.</summary>
public abstract class SampleSet
{
    /// <param name="targets">What the network should give, [N, …]; null where nobody knows.</param>
    private protected SampleSet(Tensor? targets)
    {
        Targets = targets;
    }

    /// <summary>N.</summary>
    public abstract int Count { get; }

    /// <summary>What the network should give: numbers [N, …], or numbers of classes [N] (64-bit integers).</summary>
    public Tensor? Targets { get; }

    /// <summary>Everything that must live as long as the samples.</summary>
    internal virtual IEnumerable<Tensor> Tensors => Targets is null ? [] : [Targets];

    /// <summary>The samples of those numbers, in that order.</summary>
    public abstract Batch Take(ReadOnlySpan<int> samples);

    /// <summary>The samples <paramref name="start"/> to <paramref name="end"/> − 1.</summary>
    public Batch Range(int start, int end) => Take([.. Enumerable.Range(start, end - start)]);

    /// <summary>Their targets.</summary>
    /// <exception cref="InputException">There are none.</exception>
    public Tensor TargetsOf(ReadOnlySpan<int> samples)
    {
        var targets = Targets ?? throw new InputException("the data has no targets, but training needs them");
        return targets.index_select(0, IndexOf(samples, targets.device));
    }

    internal static Tensor IndexOf(ReadOnlySpan<int> samples, string device) => torch.tensor(samples, [samples.Length], device);

    /// <summary>Refuses numbers that are none.</summary>
    private protected static Tensor Finite(Tensor values, string what)
    {
        using var scope = new TensorScope();
        if (values.dtype is ScalarType.Int64 || values.isfinite().all().to_long()[0] != 0)
        {
            return values;
        }
        var rows = values.reshape(values.shape[0], -1).isfinite().to(ScalarType.Int64).sum(1).to_long();
        var width = values.numel() / values.shape[0];
        var first = Array.FindIndex(rows, finite => finite < width);
        throw new InputException($"data: {what} of sample {first} are not finite ({rows.Count(finite => finite < width)} such samples of {rows.Length}); remove them, or fill what is missing");
    }
}
