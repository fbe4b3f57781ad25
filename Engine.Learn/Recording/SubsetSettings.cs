using Engine.Kernels.Errors;

namespace Engine.Learn.Recording;

/// <summary>Random subsets of the kernel's samples, the same at every moment.</summary>
public sealed record SubsetSettings
{
    /// <summary>Samples of the largest; others have a half and a quarter of them. At least 8.</summary>
    public int Size { get; init; } = 20;

    /// <summary>Subsets of each size, at least 2.</summary>
    public int Repeats { get; init; } = 20;

    internal void Check(int samples)
    {
        if (Size < 8 || Size > samples || Repeats < 2)
        {
            throw new InputException($"kernel: subsets have the size {Size} and {Repeats} repeats; expected a size from 8 to the {samples} samples of the kernel, and 2 repeats or more");
        }
    }
}
