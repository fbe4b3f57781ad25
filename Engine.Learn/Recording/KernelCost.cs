using Engine.Learn.Ntk;

namespace Engine.Learn.Recording;

/// <summary>What the kernels of some samples will take in a training.</summary>
/// <param name="Name">Of the samples, and of the output where it is not the main one.</param>
/// <param name="Rows">Of the kernel.</param>
/// <param name="Kernel">One kernel.</param>
/// <param name="Moments">How often one is computed.</param>
/// <param name="Seconds">Of each moment: products, passes through the network and decompositions, from measured speeds [s].</param>
/// <param name="Bytes">Most memory of it, decompositions included [bytes].</param>
/// <param name="Device">Where it is computed, whose speed is not known; null for the processor, whose speed it is.</param>
public sealed record KernelCost(string Name, int Rows, KernelEstimate Kernel, long Moments, double Seconds, double Bytes, string? Device)
{
    public override string ToString() => FormattableString.Invariant(
        $"kernel of {Name}: {Rows} × {Rows}, {Kernel.Operations / 1e9:0.##} GFLOP, about {Seconds:0.###} s and {Bytes / 1048576:0} MiB of memory; {Moments} times, about {Moments * Seconds:0.#} s{(Device is null ? "" : $" on the processor; computed on {Device}")}");
}
