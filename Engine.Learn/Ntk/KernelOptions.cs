namespace Engine.Learn.Ntk;

/// <summary>How a kernel is computed. Nothing here but the reduction changes a bit of it.</summary>
public sealed record KernelOptions
{
    public OutputReduction Reduction { get; init; } = OutputReduction.MeanTrace;

    /// <summary>
    /// Memory that kernel and factors may take [bytes]; where the factors of all samples do not fit, some are computed more than once. On a device they also have to fit its own memory.
    /// </summary>
    public long MemoryLimit { get; init; } = 8L << 30;

    /// <summary>Whether each layer gets a kernel of its own beside their sum, which takes memory but hardly any time.</summary>
    public bool ByLayer { get; init; }
}
