namespace Engine.Learn.Selection;

/// <summary>"random": every set of the size is as likely.</summary>
public sealed record RandomSelection : SelectionMethod
{
    internal const string Type = "random";

    private protected override string Kind => Type;

    private protected override SelectionResult Choose(SelectionTask task) =>
        new(Shuffled(task.Pool.Count, task.Seed, 0)[..task.Size], [], 1, SelectionStop.SizeReached);
}
