using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;

namespace Engine.Learn.Recording;

/// <summary>How tangent kernels are computed, and of which samples.</summary>
public sealed record KernelSettings
{
    public OutputReduction Reduction { get; init; } = OutputReduction.MeanTrace;

    /// <summary>Of factors and their products; sums over layers and eigenvalues are double.</summary>
    public Precision Precision { get; init; } = Precision.Double;

    /// <summary>Memory that a kernel and its factors may take [GiB]; decompositions take up to two kernels more.</summary>
    public double MemoryLimit { get; init; } = 8;

    /// <summary>Samples, drawn once from the set; null, or where it has fewer: all of it.</summary>
    public int? Samples { get; init; }

    /// <summary>What <see cref="Recordable.Subsets"/> takes.</summary>
    public SubsetSettings Subsets { get; init; } = new();

    internal void Check()
    {
        if (!(MemoryLimit > 0))
        {
            throw new InputException(FormattableString.Invariant($"kernel: memoryLimit is {MemoryLimit} GiB, expected a positive number"));
        }
        if (Samples is < 1)
        {
            throw new InputException($"kernel: samples is {Samples}, expected 1 or more");
        }
    }

    internal KernelOptions Options(bool byLayer) => new()
    {
        Reduction = Reduction,
        MemoryLimit = (long)(MemoryLimit * (1L << 30)),
        ByLayer = byLayer,
    };
}
