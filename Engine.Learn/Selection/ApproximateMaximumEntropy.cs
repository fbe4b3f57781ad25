using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Spectra;

namespace Engine.Learn.Selection;

/// <summary>"approximateMaximumEntropy": of several random sets the one whose kernel of the network has the largest von Neumann entropy.</summary>
public sealed record ApproximateMaximumEntropy : SelectionMethod
{
    internal const string Type = "approximateMaximumEntropy";

    /// <summary>Random sets to take the best of.</summary>
    public int Sets { get; init; } = 10;

    /// <inheritdoc/>
    public override bool IsNested => false;

    private protected override string Kind => Type;

    internal override void Check()
    {
        if (Sets < 1)
        {
            throw new InputException($"{Label}: sets is {Sets}, expected 1 or more");
        }
    }

    private protected override SelectionResult Choose(SelectionTask task)
    {
        var network = task.RequireNetwork(Label);
        var (best, largest) = (Array.Empty<int>(), double.NegativeInfinity);
        for (var set = 1; set <= Sets; set++)
        {
            task.Cancellation.ThrowIfCancellationRequested();
            var chosen = Shuffled(task.Pool.Count, task.Seed, set)[..task.Size];
            using var subset = new SampleSubset(task.Pool, chosen);
            var entropy = KernelSpectrum.Of(network, subset, task.Workers).Entropy;
            if (entropy > largest)
            {
                (best, largest) = (chosen, entropy);
            }
        }
        return new(best, [], Sets, SelectionStop.SizeReached);
    }
}
