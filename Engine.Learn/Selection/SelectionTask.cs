using Engine.Kernels.Errors;
using Engine.Kernels.Threading;
using Engine.Learn.Networks;

namespace Engine.Learn.Selection;

/// <summary>What is to be chosen from.</summary>
public sealed record SelectionTask
{
    /// <summary>Samples to choose from; their targets are not looked at.</summary>
    public required SampleSet Pool { get; init; }

    /// <summary>Samples to choose, from 1 to those of the pool.</summary>
    public required int Size { get; init; }

    /// <summary>Of all that is drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The network that the samples are for, as it starts; methods that look at its kernel need it.</summary>
    public Network? Network { get; init; }

    /// <summary>For kernels.</summary>
    public Workers Workers { get; init; } = Workers.Single;

    /// <summary>Told how many samples are chosen, after each.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Ends the selection.</summary>
    public CancellationToken Cancellation { get; init; }

    internal Network RequireNetwork(string method) =>
        Network ?? throw new InputException($"{method}: it looks at the kernel of the network that the samples are for, but no network was given");
}
