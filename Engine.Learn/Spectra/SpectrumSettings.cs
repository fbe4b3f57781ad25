using Engine.Kernels.Errors;
using Engine.Learn.Networks;
using Engine.Learn.Ntk;

namespace Engine.Learn.Spectra;

/// <summary>How much a spectrum may take, and of what it is.</summary>
public sealed record SpectrumSettings
{
    public OutputReduction Reduction { get; init; } = OutputReduction.MeanTrace;

    /// <summary>Of factors and their products.</summary>
    public Precision Precision { get; init; } = Precision.Double;

    /// <summary>Null: whatever is exact within the limits, else an estimate.</summary>
    public SpectrumRoute? Route { get; init; }

    /// <summary>Memory [GiB].</summary>
    public double MemoryLimit { get; init; } = 8;

    /// <summary>Time that all eigenvalues may take [s].</summary>
    public double TimeLimit { get; init; } = 600;

    /// <summary>Eigenvalues where not all are computed.</summary>
    public int Largest { get; init; } = 32;

    /// <summary>Of random vectors.</summary>
    public ulong Seed { get; init; } = 1;

    internal long Bytes => (long)(MemoryLimit * (1L << 30));

    internal void Check()
    {
        if (!(MemoryLimit > 0) || !(TimeLimit > 0) || Largest < 1)
        {
            throw new InputException(FormattableString.Invariant($"spectrum: the memory limit is {MemoryLimit} GiB, the time limit {TimeLimit} s, largest {Largest}; expected positive numbers"));
        }
        Reduction.RequireOneKernel("spectrum");
    }
}
