using System.Text.Json.Serialization;
using Engine.Kernels.Errors;
using Engine.Kernels.Random;

namespace Engine.Learn.Selection;

/// <summary>How training data is chosen from a pool; its key "type" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RandomSelection), RandomSelection.Type)]
[JsonDerivedType(typeof(RandomNetworkDistillation), RandomNetworkDistillation.Type)]
[JsonDerivedType(typeof(MaximumEntropy), MaximumEntropy.Type)]
[JsonDerivedType(typeof(ApproximateMaximumEntropy), ApproximateMaximumEntropy.Type)]
public abstract record SelectionMethod
{
    /// <summary>What results call it; by default its type.</summary>
    public string? Name { get; init; }

    /// <summary>What results call it.</summary>
    public string Label => Name ?? Kind;

    /// <summary>Whether the first samples of a larger choice are what a smaller one would be.</summary>
    public virtual bool IsNested => true;

    private protected abstract string Kind { get; }

    /// <summary>Chooses. The same task gives the same samples, on any number of threads.</summary>
    /// <exception cref="InputException">A setting is out of range, or the pool is smaller than what is asked for.</exception>
    /// <exception cref="RunFailedException">A distance or gradient is not finite.</exception>
    public SelectionResult Select(SelectionTask task)
    {
        Check();
        return task.Size >= 1 && task.Size <= task.Pool.Count
            ? Choose(task)
            : throw new InputException($"{Label}: {task.Size} samples were asked for from a pool of {task.Pool.Count}; expected 1 to {task.Pool.Count}");
    }

    /// <summary>Refuses settings out of range.</summary>
    /// <exception cref="InputException">One is.</exception>
    internal virtual void Check()
    {
    }

    /// <summary>The same method for a choice of a few samples, by which its time is measured.</summary>
    internal virtual SelectionMethod Trial => this;

    /// <summary>A number that the time of a selection grows with.</summary>
    /// <param name="size">Samples to choose.</param>
    /// <param name="pool">Samples to choose from.</param>
    internal virtual double Work(int size, int pool) => size;

    private protected abstract SelectionResult Choose(SelectionTask task);

    /// <summary>All numbers below a count in random order.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Of the order.</param>
    /// <param name="draw">Which order of that seed.</param>
    private protected static int[] Shuffled(int count, ulong seed, int draw) => new RandomSequence(seed, RandomStream.DataSelection, draw).Permutation(count);
}
